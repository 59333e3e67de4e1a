package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Brings clusters that are too small up to a least size, a point at a time: with the point of a
/// larger cluster that loses least by it. No cluster is given up, so as many means are left as
/// clusters were asked for.
final class ClusterFilling {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final MemorySegment points;
    private final MemorySegment centroids;
    private final int dimensions;
    private final int least;
    private final int[] clusterOf;
    private final int[] sizes;

    /// Begins.
    ///
    /// @param points the points, one after the other; at least `least` for each cluster
    /// @param centroids of the clusters, one after the other
    /// @param dimensions floats in a point
    /// @param least how many points a cluster is to have
    /// @param clusterOf the cluster of each point; changed here
    /// @param sizes how many points each cluster has; changed here
    ClusterFilling(
            MemorySegment points,
            MemorySegment centroids,
            int dimensions,
            int least,
            int[] clusterOf,
            int[] sizes) {
        this.points = points;
        this.centroids = centroids;
        this.dimensions = dimensions;
        this.least = least;
        this.clusterOf = clusterOf;
        this.sizes = sizes;
    }

    /// Moves a point; returns whether there was nothing to do any more.
    boolean step() {
        int small = fullestOfTheSmall();
        if (small < 0) {
            return true;
        }
        int best = -1;
        double leastLoss = Double.POSITIVE_INFINITY;
        for (int i = 0; i < clusterOf.length; i++) {
            int own = clusterOf[i];
            if (own != small && sizes[own] > least) {
                double loss = distance(i, small) - distance(i, own);
                if (best < 0 || loss < leastLoss) {
                    best = i;
                    leastLoss = loss;
                }
            }
        }
        sizes[clusterOf[best]]--;
        sizes[small]++;
        clusterOf[best] = small;
        return false;
    }

    private int fullestOfTheSmall() {
        int found = -1;
        for (int c = 0; c < sizes.length; c++) {
            if (sizes[c] < least && (found < 0 || sizes[c] > sizes[found])) {
                found = c;
            }
        }
        return found;
    }

    private double distance(int point, int cluster) {
        double sum = 0;
        for (int d = 0; d < dimensions; d++) {
            double difference =
                    points.get(FLOAT, 4L * ((long) point * dimensions + d))
                            - centroids.get(FLOAT, 4L * ((long) cluster * dimensions + d));
            sum += difference * difference;
        }
        return sum;
    }
}
