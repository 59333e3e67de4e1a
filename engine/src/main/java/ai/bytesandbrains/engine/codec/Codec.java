package ai.bytesandbrains.engine.codec;

import java.lang.foreign.MemorySegment;

/// Turns vectors into codes of a fixed number of bytes, and back into approximations.
///
/// Vectors are float32 in native byte order, `dimensions()` of them, at `(segment, byte offset)`;
/// codes are `codeSize()` bytes. All memory is the caller's.
///
/// **Threads.** One thread at a time uses a codec: it may keep scratch. **Allocation.** None but in
/// [#train]. Implementations outside the engine are welcome.
public interface Codec {
    /// {@return floats in a vector}
    int dimensions();

    /// {@return bytes in a code}
    int codeSize();

    /// Learns from sample vectors. A control-path call: it may run long and allocate.
    ///
    /// @param samples what holds the samples; stays the caller's
    /// @param offset byte offset of the first sample
    /// @param stride bytes from one sample to the next
    /// @param count number of samples
    /// @throws IllegalArgumentException if the samples do not lie inside the segment, are too few,
    ///     or could not be encoded
    void train(MemorySegment samples, long offset, long stride, int count);

    /// {@return whether vectors can be encoded and decoded}
    boolean isTrained();

    /// Shows one vector of those that are being encoded, for a codec that learns from them.
    ///
    /// @param vector what holds the vector
    /// @param offset byte offset of the vector
    /// @throws IllegalArgumentException as [#encode]
    default void observe(MemorySegment vector, long offset) {
        observeBatch(vector, offset, 4L * dimensions(), 1);
    }

    /// Shows `count` vectors of those that are being encoded. A codec that does not learn from them
    /// ignores them, as this default does.
    ///
    /// @param vectors what holds the vectors
    /// @param offset byte offset of the first one
    /// @param stride bytes from one vector to the next
    /// @param count number of vectors, at least 1
    /// @throws IllegalArgumentException as [#encode]
    default void observeBatch(MemorySegment vectors, long offset, long stride, int count) {}

    /// Encodes one vector.
    ///
    /// @param vector what holds the vector
    /// @param vectorOffset byte offset of the vector
    /// @param code receives `codeSize()` bytes
    /// @param codeOffset byte offset of the code
    /// @throws IllegalArgumentException if vector or code do not lie inside their segments, or the
    ///     vector has a component that is not finite or cannot be encoded for its value
    /// @throws IllegalStateException if the codec is not trained
    default void encode(
            MemorySegment vector, long vectorOffset, MemorySegment code, long codeOffset) {
        encodeBatch(vector, vectorOffset, 4L * dimensions(), 1, code, codeOffset, codeSize());
    }

    /// Encodes `count` vectors.
    ///
    /// @param vectors what holds the vectors
    /// @param vectorsOffset byte offset of the first one
    /// @param vectorStride bytes from one vector to the next
    /// @param count number of vectors, at least 1
    /// @param codes receives the codes
    /// @param codesOffset byte offset of the first one
    /// @param codeStride bytes from one code to the next
    /// @throws IllegalArgumentException as [#encode]; codes before that of the refused vector are
    ///     written then
    /// @throws IllegalStateException if the codec is not trained
    void encodeBatch(
            MemorySegment vectors,
            long vectorsOffset,
            long vectorStride,
            int count,
            MemorySegment codes,
            long codesOffset,
            long codeStride);

    /// Decodes one code.
    ///
    /// @param code what holds the code
    /// @param codeOffset byte offset of the code
    /// @param vector receives `dimensions()` floats
    /// @param vectorOffset byte offset of the vector
    /// @throws IllegalArgumentException if code or vector do not lie inside their segments
    /// @throws IllegalStateException if the codec is not trained
    default void decode(
            MemorySegment code, long codeOffset, MemorySegment vector, long vectorOffset) {
        decodeBatch(code, codeOffset, codeSize(), 1, vector, vectorOffset, 4L * dimensions());
    }

    /// Decodes `count` codes.
    ///
    /// @param codes what holds the codes
    /// @param codesOffset byte offset of the first one
    /// @param codeStride bytes from one code to the next
    /// @param count number of codes, at least 1
    /// @param vectors receives the vectors
    /// @param vectorsOffset byte offset of the first one
    /// @param vectorStride bytes from one vector to the next
    /// @throws IllegalArgumentException if codes or vectors do not lie inside their segments
    /// @throws IllegalStateException if the codec is not trained
    void decodeBatch(
            MemorySegment codes,
            long codesOffset,
            long codeStride,
            int count,
            MemorySegment vectors,
            long vectorsOffset,
            long vectorStride);
}
