package ai.bytesandbrains.engine.transfer;

import java.lang.foreign.MemorySegment;

/// A message on its way out.
final class Outgoing implements TransferMessage {

    private TransferKind kind;
    private long hash0;
    private long hash1;
    private long hash2;
    private long hash3;
    private int length;
    private int chunk;
    private int wanted;
    private MemorySegment content;

    /// About the blob that another message names.
    Outgoing of(TransferKind kind, TransferMessage name) {
        this.kind = kind;
        hash0 = name.hash0();
        hash1 = name.hash1();
        hash2 = name.hash2();
        hash3 = name.hash3();
        length = name.length();
        chunk = 0;
        wanted = 0;
        content = null;
        return this;
    }

    Outgoing of(TransferKind kind, Blob blob) {
        this.kind = kind;
        hash0 = blob.hash0();
        hash1 = blob.hash1();
        hash2 = blob.hash2();
        hash3 = blob.hash3();
        length = blob.length();
        chunk = 0;
        wanted = 0;
        content = null;
        return this;
    }

    Outgoing window(int first, int wanted) {
        chunk = first;
        this.wanted = wanted;
        return this;
    }

    Outgoing chunk(int number, MemorySegment content) {
        chunk = number;
        this.content = content;
        return this;
    }

    @Override
    public TransferKind kind() {
        return kind;
    }

    @Override
    public long hash0() {
        return hash0;
    }

    @Override
    public long hash1() {
        return hash1;
    }

    @Override
    public long hash2() {
        return hash2;
    }

    @Override
    public long hash3() {
        return hash3;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public int chunk() {
        return chunk;
    }

    @Override
    public int wanted() {
        return wanted;
    }

    @Override
    public int byteCount() {
        return content == null ? 0 : Blob.chunkBytes(length, chunk);
    }

    @Override
    public void copyBytes(MemorySegment into, long offset) {
        MemorySegment.copy(content, (long) chunk * Blob.CHUNK_BYTES, into, offset, byteCount());
    }
}
