package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.simd.DistanceKernels;
import ai.bytesandbrains.engine.simd.Kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The last step of a training: each centroid becomes the mean of the points that are nearest to it
/// and, in part, of those to which it is the second nearest. A sample has few points for each
/// centroid, so the mean of these alone is off by chance; the points around them tell more of where
/// the data lie than they pull it away. Points that are means themselves are not off by chance, and
/// count for the nearest alone.
///
/// It is an iteration of neural gas over two ranks (Martinetz, Berkovich, Schulten, "Neural-gas
/// network for vector quantization and its application to time-series prediction", IEEE
/// Transactions on Neural Networks 4(4), 1993).
///
/// Distances are those of a kernel with one order of sums, the rest is scalar: the same bits
/// everywhere.
final class NeighbourMeans {
    /// What a point counts for the second nearest centroid if both are equally near, and less the
    /// nearer the nearest one is: what coincides with a centroid says nothing of others.
    private static final double SECOND = 0.5;

    /// With fewer points for each centroid these are what there is to learn.
    private static final int FEW = 8;

    /// Components that a step compares with all centroids.
    private static final int PIECE = 4_096;

    private static final DistanceKernels KERNELS = Kernels.get();

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final TrainingItems points;
    private final int dimensions;
    private final int clusters;

    /// Component d of centroid c is float c of line d.
    private final MemorySegment lines;

    /// A multiple of what the kernel takes.
    private final int columns;

    private final float[] distances;
    private final double[] sums;
    private final double[] weights;
    private final float[] point;
    private int next;
    private final double share;
    private int nearest;
    private int second;

    /// The distance of the nearest by that of the second nearest, squared; 0 if both are none.
    private double closeness;

    /// Begins.
    ///
    /// @param points what was trained from
    /// @param dimensions floats in a point
    /// @param centroids what came out, one centroid after the other
    /// @param offset of the first
    /// @param clusters how many, 2 or more
    /// @param scratch holds [#scratchBytes], the step's own while it lasts
    NeighbourMeans(
            TrainingItems points,
            int dimensions,
            MemorySegment centroids,
            long offset,
            int clusters,
            MemorySegment scratch) {
        this.points = points;
        this.dimensions = dimensions;
        this.clusters = clusters;
        sums = new double[clusters * dimensions];
        weights = new double[clusters];
        point = new float[dimensions];
        columns = columns(clusters);
        distances = new float[columns];
        lines = scratch;
        for (int d = 0; d < dimensions; d++) {
            for (int c = 0; c < columns; c++) {
                // What is no centroid is near to nothing.
                float x =
                        c < clusters
                                ? centroids.get(FLOAT, offset + 4L * (c * dimensions + d))
                                : Float.POSITIVE_INFINITY;
                lines.set(FLOAT, 4L * (d * columns + c), x);
            }
        }
        share = points.count() < FEW * clusters ? 0 : SECOND;
    }

    /// {@return bytes of scratch memory}
    static long scratchBytes(int clusters, int dimensions) {
        return 4L * columns(clusters) * dimensions;
    }

    private static int columns(int clusters) {
        return Math.ceilDiv(clusters, DistanceKernels.PADDING) * DistanceKernels.PADDING;
    }

    /// Does some of it; returns whether all is done.
    boolean step() {
        int end = Math.min(points.count(), next + Math.max(1, PIECE / dimensions));
        for (; next < end; next++) {
            long offset = 4L * next * dimensions;
            MemorySegment.copy(points.vectors(), FLOAT, offset, point, 0, dimensions);
            KERNELS.squaredL2Columns(
                    points.vectors(),
                    offset,
                    lines,
                    0,
                    4L * columns,
                    columns,
                    dimensions,
                    distances);
            find();
            double weight = points.weights().get(FLOAT, 4L * next);
            add(nearest, weight);
            if (points.isSingle(next)) {
                add(second, share * closeness * weight);
            }
        }
        return next == points.count();
    }

    private void find() {
        float least = Float.POSITIVE_INFINITY;
        float lessLeast = Float.POSITIVE_INFINITY;
        nearest = 0;
        second = 1;
        for (int c = 0; c < clusters; c++) {
            float distance = distances[c];
            if (distance < least) {
                lessLeast = least;
                second = nearest;
                least = distance;
                nearest = c;
            } else if (distance < lessLeast) {
                lessLeast = distance;
                second = c;
            }
        }
        closeness = least > 0 && lessLeast < Float.POSITIVE_INFINITY ? least / lessLeast : 0;
    }

    private void add(int centroid, double weight) {
        weights[centroid] += weight;
        for (int d = 0; d < dimensions; d++) {
            sums[centroid * dimensions + d] += weight * point[d];
        }
    }

    /// Writes the means; a centroid that is near to no point stays where it was.
    void write(MemorySegment out, long offset) {
        for (int c = 0; c < clusters; c++) {
            for (int d = 0; d < dimensions && weights[c] > 0; d++) {
                int at = c * dimensions + d;
                out.set(FLOAT, offset + 4L * at, (float) (sums[at] / weights[c]));
            }
        }
    }
}
