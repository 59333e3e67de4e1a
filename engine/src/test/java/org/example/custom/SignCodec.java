package org.example.custom;

import ai.bytesandbrains.engine.codec.Codec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A codec as a user of the engine might write it: the sign of each component, one a byte.
final class SignCodec implements Codec {
    private final int dimensions;

    SignCodec(int dimensions) {
        this.dimensions = dimensions;
    }

    @Override
    public int dimensions() {
        return dimensions;
    }

    @Override
    public int codeSize() {
        return dimensions;
    }

    /// Does nothing: it has nothing to learn and is trained from the start.
    @Override
    public void train(MemorySegment samples, long offset, long stride, int count) {}

    @Override
    public boolean isTrained() {
        return true;
    }

    @Override
    public void encodeBatch(
            MemorySegment vectors,
            long vectorsOffset,
            long vectorStride,
            int count,
            MemorySegment codes,
            long codesOffset,
            long codeStride) {
        for (int i = 0; i < count; i++) {
            for (int d = 0; d < dimensions; d++) {
                long at = vectorsOffset + i * vectorStride + 4L * d;
                byte sign = (byte) Math.signum(vectors.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at));
                codes.set(ValueLayout.JAVA_BYTE, codesOffset + i * codeStride + d, sign);
            }
        }
    }

    @Override
    public void decodeBatch(
            MemorySegment codes,
            long codesOffset,
            long codeStride,
            int count,
            MemorySegment vectors,
            long vectorsOffset,
            long vectorStride) {
        for (int i = 0; i < count; i++) {
            for (int d = 0; d < dimensions; d++) {
                float x = codes.get(ValueLayout.JAVA_BYTE, codesOffset + i * codeStride + d);
                long at = vectorsOffset + i * vectorStride + 4L * d;
                vectors.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, x);
            }
        }
    }
}
