package ai.bytesandbrains.engine.gossippq;

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
/// Scalar arithmetic in one order: the same bits everywhere.
final class NeighbourMeans {
    /// What a point counts for the second nearest centroid if both are equally near, and less the
    /// nearer the nearest one is: what coincides with a centroid says nothing of others.
    private static final double SECOND = 0.5;

    /// With fewer points for each centroid these are what there is to learn.
    private static final int FEW = 8;

    /// Components that a step compares with all centroids.
    private static final int PIECE = 512;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final TrainingItems points;
    private final int dimensions;
    private final int clusters;
    private final float[] centroids;
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
    NeighbourMeans(
            TrainingItems points,
            int dimensions,
            MemorySegment centroids,
            long offset,
            int clusters) {
        this.points = points;
        this.dimensions = dimensions;
        this.clusters = clusters;
        this.centroids = new float[clusters * dimensions];
        MemorySegment.copy(centroids, FLOAT, offset, this.centroids, 0, clusters * dimensions);
        sums = new double[clusters * dimensions];
        weights = new double[clusters];
        point = new float[dimensions];
        share = points.count() < FEW * clusters ? 0 : SECOND;
    }

    /// Does some of it; returns whether all is done.
    boolean step() {
        int end = Math.min(points.count(), next + Math.max(1, PIECE / dimensions));
        for (; next < end; next++) {
            MemorySegment.copy(
                    points.vectors(), FLOAT, 4L * next * dimensions, point, 0, dimensions);
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
            float distance = 0;
            for (int d = 0; d < dimensions; d++) {
                float difference = point[d] - centroids[c * dimensions + d];
                distance += difference * difference;
            }
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
