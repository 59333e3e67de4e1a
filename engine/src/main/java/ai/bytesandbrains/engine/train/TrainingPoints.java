package ai.bytesandbrains.engine.train;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.simd.ClusterKernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The points of one clustering: as they are, one after the other, and moved by their mean and
/// transposed, for the kernels.
final class TrainingPoints implements AutoCloseable {
    /// Points in a block; the last one may have fewer.
    static final int BLOCK = NearestCentroids.BLOCK;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final Arena arena = Arena.ofShared();
    private final int count;
    private final int dimensions;
    private final boolean weighted;
    private final MemorySegment rows;
    private final MemorySegment lines;
    private final long lineStride;
    private final MemorySegment weights;
    private final float[] centre;

    /// At least the length of each moved point of a block.
    private final double[] blockNorms;

    private double totalWeight;

    TrainingPoints(Points source, int count) {
        this.count = count;
        dimensions = source.dimensions();
        weighted = source.weights() != null;
        int padded = (count + ClusterKernels.POINTS - 1) & -ClusterKernels.POINTS;
        lineStride = 4L * padded;
        rows = arena.allocate(4L * count * dimensions, RowStore.ALIGNMENT);
        lines = arena.allocate(lineStride * dimensions, RowStore.ALIGNMENT);
        weights = arena.allocate(lineStride, RowStore.ALIGNMENT);
        centre = new float[dimensions];
        blockNorms = new double[blocks()];
    }

    /// Copies the points, at even distances if there are more than wanted, and moves them.
    void load(Points source) {
        copy(source);
        for (int b = 0; b < blocks(); b++) {
            move(b);
        }
    }

    /// Copies the points; each block is then to be moved.
    void copy(Points source) {
        double[] sums = new double[dimensions];
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) i * source.count() / count);
            float weight = source.weight(from);
            weights.set(FLOAT, 4L * i, weight);
            totalWeight += weight;
            for (int d = 0; d < dimensions; d++) {
                float x = source.segment().get(FLOAT, source.offsetOf(from) + 4L * d);
                if (!Float.isFinite(x)) {
                    throw new IllegalArgumentException(
                            "points[%d][%d]=%s is not finite".formatted(from, d, x));
                }
                rows.set(FLOAT, offsetOf(i) + 4L * d, x);
                sums[d] += (double) weight * x;
            }
        }
        for (int d = 0; d < dimensions; d++) {
            centre[d] = (float) (sums[d] / totalWeight);
        }
    }

    /// Moves the points of a block by the mean of all, and transposes them.
    void move(int b) {
        double largest = 0;
        for (int i = first(b); i < first(b) + blockSize(b); i++) {
            double norm2 = 0;
            for (int d = 0; d < dimensions; d++) {
                float moved = component(i, d) - centre[d];
                norm2 += (double) moved * moved;
                lines.set(FLOAT, d * lineStride + 4L * i, moved);
            }
            largest = Math.max(largest, norm2);
        }
        // Widened for the rounding of the sum.
        blockNorms[b] = Math.sqrt(largest) * (1 + 1e-9);
    }

    int count() {
        return count;
    }

    int dimensions() {
        return dimensions;
    }

    /// {@return whether points do not count alike}
    boolean isWeighted() {
        return weighted;
    }

    int blocks() {
        return (count + BLOCK - 1) / BLOCK;
    }

    /// {@return the first point of a block}
    int first(int block) {
        return block * BLOCK;
    }

    /// {@return points of a block, 0 behind the last one}
    int blockSize(int block) {
        return Math.clamp(count - (long) first(block), 0, BLOCK);
    }

    double blockNorm(int block) {
        return blockNorms[block];
    }

    float component(int i, int d) {
        return rows.get(FLOAT, offsetOf(i) + 4L * d);
    }

    float weight(int i) {
        return weights.get(FLOAT, 4L * i);
    }

    double totalWeight() {
        return totalWeight;
    }

    float[] centre() {
        return centre;
    }

    MemorySegment rows() {
        return rows;
    }

    long offsetOf(int i) {
        return 4L * i * dimensions;
    }

    /// {@return the moved points; [#weights] has as many floats as a line}
    MemorySegment lines() {
        return lines;
    }

    long lineStride() {
        return lineStride;
    }

    MemorySegment weights() {
        return weights;
    }

    Arena arena() {
        return arena;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
