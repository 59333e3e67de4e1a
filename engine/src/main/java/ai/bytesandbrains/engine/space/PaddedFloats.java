package ai.bytesandbrains.engine.space;

import ai.bytesandbrains.engine.memory.RowStore;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// What the float spaces share: the shape of rows and queries, floats padded with zeros.
record PaddedFloats(int dimensions, int paddedDimensions) {
    static PaddedFloats of(int dimensions) {
        return new PaddedFloats(dimensions, RowStore.paddedFloats(dimensions));
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

    void checkRun(RowStore rows, int first, int count, float[] out) {
        Objects.checkFromIndexSize(0, count, rows.runLength(first));
        Objects.checkFromIndexSize(0, count, out.length);
    }
}
