package ai.bytesandbrains.engine.space;

import ai.bytesandbrains.engine.memory.RowStore;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// What the float spaces share: the shape of rows and queries, floats padded with zeros.
record PaddedFloats(int dimensions, int paddedDimensions) {
    static PaddedFloats of(int dimensions) {
        return new PaddedFloats(
                dimensions, RowStore.paddedFloats(Vectors.checkDimensions(dimensions)));
    }

    long bytes() {
        return 4L * paddedDimensions;
    }

    void copy(MemorySegment vector, long vectorOffset, MemorySegment row, long rowOffset) {
        MemorySegment.copy(vector, vectorOffset, row, rowOffset, 4L * dimensions);
        for (int d = dimensions; d < paddedDimensions; d++) {
            row.set(ValueLayout.JAVA_FLOAT_UNALIGNED, rowOffset + 4L * d, 0f);
        }
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

    void checkRun(RowStore rows, int first, int count, float[] out) {
        Objects.checkFromIndexSize(0, count, rows.runLength(first));
        Objects.checkFromIndexSize(0, count, out.length);
    }
}
