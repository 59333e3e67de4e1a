package ai.bytesandbrains.engine.transfer;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;

/// One blob on its way here. Windows come one after the other, so the hash grows with them and is
/// known when the last chunk is there. A reusable place of [Transfer]'s.
final class Fetch {

    private static final int HASH_BYTES = 32;

    private final MessageDigest digest = Blob.sha256();
    private final byte[] window = new byte[Blob.WINDOW * Blob.CHUNK_BYTES];
    private final byte[] hash = new byte[HASH_BYTES];
    private final ByteBuffer hashWords = ByteBuffer.wrap(hash);

    Blob blob;
    MemorySegment into;
    /// NULL_PEER while there is nobody to ask.
    long peer = PeerTable.NULL_PEER;
    int first;
    int missing;
    boolean unsent;
    long askedNs;
    long heardNs;

    boolean isUsed() {
        return blob != null;
    }

    void begin(Blob blob, MemorySegment into) {
        this.blob = blob;
        this.into = into;
        digest.reset();
        first = 0;
        missing = Blob.windowMask(blob.length(), 0);
    }

    void free() {
        blob = null;
        into = null;
    }

    /// Whether the chunk was one that is missing, and of the right length.
    boolean take(TransferMessage chunk) {
        int place = chunk.chunk() - first;
        if (place < 0
                || place >= Blob.WINDOW
                || (missing & (1 << place)) == 0
                || chunk.byteCount() != Blob.chunkBytes(blob.length(), chunk.chunk())) {
            return false;
        }
        chunk.copyBytes(into, (long) chunk.chunk() * Blob.CHUNK_BYTES);
        missing &= ~(1 << place);
        return true;
    }

    /// Goes on to the next window; false if this was the last one.
    boolean advance() {
        int offset = first * Blob.CHUNK_BYTES;
        int bytes = Math.min(window.length, blob.length() - offset);
        MemorySegment.copy(into, ValueLayout.JAVA_BYTE, offset, window, 0, bytes);
        digest.update(window, 0, bytes);
        first += Blob.WINDOW;
        if (first >= blob.chunks()) {
            return false;
        }
        missing = Blob.windowMask(blob.length(), first);
        return true;
    }

    /// Whether what has come is what the name says.
    boolean isSound() {
        try {
            digest.digest(hash, 0, HASH_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 failed", e);
        }
        return hashWords.getLong(0) == blob.hash0()
                && hashWords.getLong(8) == blob.hash1()
                && hashWords.getLong(16) == blob.hash2()
                && hashWords.getLong(24) == blob.hash3();
    }
}
