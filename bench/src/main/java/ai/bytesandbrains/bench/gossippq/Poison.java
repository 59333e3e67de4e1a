package ai.bytesandbrains.bench.gossippq;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.engine.gossippq.VectorSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/// A node that contributes noise: in each subspace a random direction, some multiple of the mean
/// length of the others' parts long.
public final class Poison implements VectorSource {
    private final int rows;
    private final int dimensions;
    private final int parts;
    private final double[] lengths;
    private final long seed;

    /// Makes such a node.
    ///
    /// @param rows how many vectors it claims to have
    /// @param honest what lengths are measured on
    /// @param parts subspaces
    /// @param factor how many mean lengths
    /// @param seed decides the directions
    public Poison(
            final int rows,
            final NativeVectors honest,
            final int parts,
            final double factor,
            final long seed) {
        this.rows = rows;
        this.parts = parts;
        this.seed = seed;
        dimensions = honest.dimensions();
        lengths = new double[parts];
        final int each = dimensions / parts;
        for (int row = 0; row < honest.rows(); row++) {
            for (int m = 0; m < parts; m++) {
                double sum = 0;
                for (int d = m * each; d < (m + 1) * each; d++) {
                    final float x =
                            honest.segment()
                                    .get(ValueLayout.JAVA_FLOAT, honest.offset(row) + 4L * d);
                    sum += x * x;
                }
                lengths[m] += factor * Math.sqrt(sum) / honest.rows();
            }
        }
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public boolean copy(final int row, final MemorySegment into) {
        final SplittableRandom random = new SplittableRandom(seed + row);
        final int each = dimensions / parts;
        final double[] part = new double[each];
        for (int m = 0; m < parts; m++) {
            double sum = 0;
            for (int d = 0; d < each; d++) {
                part[d] = random.nextGaussian();
                sum += part[d] * part[d];
            }
            for (int d = 0; d < each; d++) {
                into.setAtIndex(
                        ValueLayout.JAVA_FLOAT,
                        (long) m * each + d,
                        (float) (part[d] * lengths[m] / Math.sqrt(sum)));
            }
        }
        return true;
    }
}
