package ai.bytesandbrains.engine.space;

import ai.bytesandbrains.engine.memory.RowStore;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What the float spaces share: the shape of rows and queries, floats padded with zeros.
record PaddedFloats(int dimensions, int paddedDimensions) {
    static PaddedFloats of(int dimensions) {
        return new PaddedFloats(
                dimensions, RowStore.paddedFloats(Vectors.checkDimensions(dimensions)));
    }

    long bytes() {
        return 4L * paddedDimensions;
    }

    void copy(
            String name,
            MemorySegment vector,
            long vectorOffset,
            String into,
            MemorySegment row,
            long rowOffset) {
        checkVector(name, vector, vectorOffset);
        Vectors.checkRows(into, row, rowOffset, 0, 1, bytes());
        MemorySegment.copy(vector, vectorOffset, row, rowOffset, 4L * dimensions);
        for (int d = dimensions; d < paddedDimensions; d++) {
            row.set(ValueLayout.JAVA_FLOAT_UNALIGNED, rowOffset + 4L * d, 0f);
        }
    }

    void checkVector(String name, MemorySegment vector, long offset) {
        Vectors.checkRange(name, vector, offset, 0, 1, dimensions);
    }

    void checkPair(MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        checkVector("a", a, aOffset);
        checkVector("b", b, bOffset);
    }

    /// Asked after the fact: a component that is not finite leaves a result that is not either, and
    /// finite results need no second look at the vectors.
    void checkIfNotFinite(
            float result, MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        if (!Float.isFinite(result)) {
            Vectors.checkFinite("a", a, aOffset, dimensions);
            Vectors.checkFinite("b", b, bOffset, dimensions);
        }
    }
}
