package ai.bytesandbrains.engine.transfer;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The name of a blob: the SHA-256 of its content and its length.
///
/// @param hash0 the first eight bytes of the hash, the first one most significant
/// @param hash1 the next eight
/// @param hash2 the next eight
/// @param hash3 the last eight
/// @param length of the content, in bytes; from 1
public record Blob(long hash0, long hash1, long hash2, long hash3, int length) {

    /// The bytes in every chunk but the last.
    public static final int CHUNK_BYTES = 1024;

    /// The chunks that are asked for at a time.
    public static final int WINDOW = 32;

    /// Checks the length.
    ///
    /// @throws IllegalArgumentException if it is not positive
    public Blob {
        if (length < 1) {
            throw new IllegalArgumentException("length=" + length + ": expected at least 1");
        }
    }

    /// {@return the name of some content}
    ///
    /// @param content all of it
    public static Blob of(MemorySegment content) {
        MessageDigest digest = sha256();
        digest.update(content.asByteBuffer());
        return of(digest.digest(), Math.toIntExact(content.byteSize()));
    }

    static Blob of(byte[] hash, int length) {
        ByteBuffer words = ByteBuffer.wrap(hash);
        return new Blob(words.getLong(), words.getLong(), words.getLong(), words.getLong(), length);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is not available", e);
        }
    }

    /// {@return how many chunks it has}
    public int chunks() {
        return chunksOf(length);
    }

    static int chunksOf(int length) {
        return (length - 1) / CHUNK_BYTES + 1;
    }

    /// The length of a chunk.
    static int chunkBytes(int length, int chunk) {
        return Math.min(CHUNK_BYTES, length - chunk * CHUNK_BYTES);
    }

    /// The bits of a window's chunks that there are.
    static int windowMask(int length, int first) {
        int chunks = Math.min(WINDOW, chunksOf(length) - first);
        return chunks == WINDOW ? -1 : (1 << chunks) - 1;
    }

    boolean isNamedBy(TransferMessage message) {
        return message.hash0() == hash0
                && message.hash1() == hash1
                && message.hash2() == hash2
                && message.hash3() == hash3
                && message.length() == length;
    }
}
