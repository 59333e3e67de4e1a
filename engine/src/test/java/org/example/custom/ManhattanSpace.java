package org.example.custom;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A space as a user of the engine might write it: the sum of the absolute differences, between
/// vectors of 16-bit whole numbers.
final class ManhattanSpace implements EmbeddingSpace {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final int dimensions;

    ManhattanSpace(int dimensions) {
        this.dimensions = Vectors.checkDimensions(dimensions);
    }

    @Override
    public int dimensions() {
        return dimensions;
    }

    @Override
    public long vectorBytes() {
        return (long) Short.BYTES * dimensions;
    }

    @Override
    public Metric metric() {
        return Metric.OTHER;
    }

    @Override
    public float distance(MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        int sum = 0;
        for (int d = 0; d < dimensions; d++) {
            sum += Math.abs(a.get(SHORT, aOffset + 2L * d) - b.get(SHORT, bOffset + 2L * d));
        }
        return sum;
    }

    @Override
    public long rowBytes() {
        return vectorBytes();
    }

    @Override
    public void storeRow(
            MemorySegment vector, long vectorOffset, MemorySegment row, long rowOffset) {
        MemorySegment.copy(vector, vectorOffset, row, rowOffset, vectorBytes());
    }

    @Override
    public long preparedBytes() {
        return vectorBytes();
    }

    @Override
    public void prepare(
            MemorySegment query, long queryOffset, MemorySegment prepared, long preparedOffset) {
        storeRow(query, queryOffset, prepared, preparedOffset);
    }

    @Override
    public float distancePrepared(
            MemorySegment prepared, long preparedOffset, MemorySegment row, long rowOffset) {
        return distance(prepared, preparedOffset, row, rowOffset);
    }

    @Override
    public void distancesPrepared(
            MemorySegment prepared,
            long preparedOffset,
            RowStore rows,
            int first,
            int count,
            float[] out) {
        for (int i = 0; i < count; i++) {
            MemorySegment segment = rows.segmentOf(first + i);
            long row = rows.offsetOf(first + i);
            out[i] = distancePrepared(prepared, preparedOffset, segment, row);
        }
    }
}
