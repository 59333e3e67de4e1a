package ai.bytesandbrains.engine.transfer;

import java.lang.foreign.MemorySegment;

/// A message of a transfer: a view, valid during the call it is passed to.
public interface TransferMessage {

    /// {@return what it is}
    TransferKind kind();

    /// {@return the first eight bytes of the blob's hash}
    long hash0();

    /// {@return the next eight}
    long hash1();

    /// {@return the next eight}
    long hash2();

    /// {@return the last eight}
    long hash3();

    /// {@return the blob's length, in bytes; positive}
    int length();

    /// {@return of a FETCH the first chunk of the window, of a CHUNK its number}
    int chunk();

    /// {@return of a FETCH a bit for each chunk of the window that is wanted, the lowest one the
    /// first}
    int wanted();

    /// {@return of a CHUNK, how many bytes it carries}
    int byteCount();

    /// Copies the bytes of a CHUNK.
    ///
    /// @param into has room for them
    /// @param offset where they go
    void copyBytes(MemorySegment into, long offset);
}
