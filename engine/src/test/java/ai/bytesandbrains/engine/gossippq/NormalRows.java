package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/// Rows with a normal distribution, made when they are asked for.
record NormalRows(int rows, int dimensions, long seed) implements VectorSource {
    @Override
    public boolean copy(int row, MemorySegment into) {
        Random random = new Random(seed * 1_000_000 + row);
        for (int d = 0; d < dimensions; d++) {
            into.setAtIndex(ValueLayout.JAVA_FLOAT, d, (float) random.nextGaussian());
        }
        return true;
    }
}
