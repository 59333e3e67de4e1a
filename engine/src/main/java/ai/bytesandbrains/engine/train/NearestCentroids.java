package ai.bytesandbrains.engine.train;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.simd.ClusterKernels;
import ai.bytesandbrains.engine.simd.DistanceKernels;
import ai.bytesandbrains.engine.simd.Kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Finds the nearest centroid of many points: the one whose squared distance, computed in double
/// precision, is the least, and of equals the lowest.
///
/// **How.** A filter in single precision computes `|c|^2 - 2<x,c>` for all centroids, one fused
/// multiply-add a component, over points and centroids that were moved by a common centre, since
/// the error grows with their norms X and C. About X^2 is added to the scores, so that none is
/// negative and their bits can be compared. A score is off by at most
/// `2^-24 (2 (d + 3) + 2) (X + C)^2`: d roundings of the chain, one of the start and one of the
/// shift, of numbers up to twice `(X + C)^2`, and twice `2^-24 (X + C)^2` for the rounding of the
/// move. Where the best two scores
/// are further apart than twice that, the best one is the nearest centroid; the other points, few
/// unless centroids coincide nearly, are computed again as they stand. So the result does not
/// depend on how the filter computes, nor on the width of vectors.
///
/// A centroid that equals one before it can not win and is left out of the filter.
///
/// **Threads.** Any number at once between two calls of [#refresh], each with a [Scratch] of its
/// own. **Allocation.** None but at construction.
public final class NearestCentroids {
    /// Points that [#assign] takes at most.
    public static final int BLOCK = 1024;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ClusterKernels CLUSTERS = Kernels.clusters();
    private static final DistanceKernels DISTANCES = Kernels.get();

    /// Half the distance from 1 to the next float.
    private static final double UNIT = 0x1p-24;

    /// What one rounding may lose where numbers are too small to be normalised.
    private static final double TINY = 0x1p-148;

    private final int clusters;
    private final int dimensions;
    private final MemorySegment columns;
    private final long columnsOffset;
    private final long columnStride;
    private final float[] centre;

    /// For each centroid its start and its moved components times -2, see [ClusterKernels].
    private final MemorySegment rows;

    private final int rowCount;

    /// An open hash table of centroids, by their start: 1 + the centroid.
    private final int[] seen;

    private double maxNorm;

    /// What one thread needs to work with.
    public static final class Scratch {
        private final int[] nearest = new int[BLOCK];
        private final float[] gaps = new float[BLOCK];
        private final float[] scores;
        private final int[] before = new int[BLOCK];

        /// How many points the filter could not decide.
        private long rechecks;

        /// Scratch for `clusters` centroids.
        ///
        /// @param clusters number of centroids
        public Scratch(int clusters) {
            scores = new float[padded(clusters)];
        }

        /// What the points of a block belonged to.
        int[] before() {
            return before;
        }

        /// {@return how many points were computed again so far}
        public long rechecks() {
            return rechecks;
        }
    }

    /// A finder over centroids that are stored transposed: component `d` of centroid `k` is float
    /// `k` of line `d`. Call [#refresh] before its first use.
    ///
    /// @param clusters number of centroids, 1 to 2^24 - 2
    /// @param dimensions floats in a centroid
    /// @param columns holds the centroids; read at every use
    /// @param columnsOffset byte offset of the first line
    /// @param columnStride bytes from one line to the next; lines have room for a multiple of 16
    ///     floats
    /// @param centre what points were moved by, `dimensions` floats
    /// @param arena for one copy of the centroids
    public NearestCentroids(
            int clusters,
            int dimensions,
            MemorySegment columns,
            long columnsOffset,
            long columnStride,
            float[] centre,
            Arena arena) {
        this.clusters = clusters;
        this.dimensions = dimensions;
        this.columns = columns;
        this.columnsOffset = columnsOffset;
        this.columnStride = columnStride;
        this.centre = centre;
        rowCount = (clusters + 1) & -2;
        rows = arena.allocate(4L * rowCount * (dimensions + 1L), RowStore.ALIGNMENT);
        seen = new int[Integer.highestOneBit(clusters) * 4];
    }

    /// {@return floats that room is needed for where there are `clusters` centroids}
    ///
    /// @param clusters number of centroids
    public static int padded(int clusters) {
        return (clusters + DistanceKernels.PADDING - 1) & -DistanceKernels.PADDING;
    }

    /// {@return what points have to be moved by: component `d` of a point in the lines is `x[d] -
    /// centre[d]`, rounded to a float}
    ///
    /// @param d component
    public float centre(int d) {
        return centre[d];
    }

    /// Takes note of centroids that have changed.
    public void refresh() {
        Arrays.fill(seen, 0);
        maxNorm = 0;
        for (int k = 0; k < rowCount; k++) {
            long row = row(k);
            double norm2 = k < clusters ? fillRow(k, row) : 0;
            maxNorm = Math.max(maxNorm, Math.sqrt(norm2));
            rows.set(FLOAT, row, (float) norm2);
            if (k >= clusters || isRepeated(k)) {
                rows.asSlice(row, 4L * dimensions + Float.BYTES).fill((byte) 0);
                rows.set(FLOAT, row, Float.POSITIVE_INFINITY);
            }
        }
    }

    private double fillRow(int k, long row) {
        double norm2 = 0;
        for (int d = 0; d < dimensions; d++) {
            float moved = component(k, d) - centre[d];
            norm2 += (double) moved * moved;
            rows.set(FLOAT, row + 4 + 4L * d, -2 * moved);
        }
        return norm2;
    }

    private boolean isRepeated(int k) {
        int mask = seen.length - 1;
        int bits = Float.floatToRawIntBits(rows.get(FLOAT, row(k))) * 0x9e3779b9;
        int at = (bits >>> 7) & mask;
        while (seen[at] != 0) {
            if (isEqual(seen[at] - 1, k)) {
                return true;
            }
            at = (at + 1) & mask;
        }
        seen[at] = k + 1;
        return false;
    }

    private boolean isEqual(int a, int b) {
        for (int d = 0; d < dimensions; d++) {
            if (component(a, d) != component(b, d)) {
                return false;
            }
        }
        return true;
    }

    /// Finds the nearest centroids of up to [#BLOCK] points.
    ///
    /// @param lines holds the points moved by the centre and transposed; lines have room for a
    ///     multiple of 64 floats
    /// @param linesOffset byte offset of the first point's first component
    /// @param lineStride bytes from one line to the next
    /// @param maxPointNorm at least the length of each moved point
    /// @param points holds the points as they are
    /// @param pointsOffset byte offset of the first point
    /// @param pointStride bytes from one point to the next
    /// @param count number of points
    /// @param out receives the centroid of each point, from index `outIndex` on
    /// @param outIndex where to begin
    /// @param scratch of the calling thread
    public void assign(
            MemorySegment lines,
            long linesOffset,
            long lineStride,
            double maxPointNorm,
            MemorySegment points,
            long pointsOffset,
            long pointStride,
            int count,
            int[] out,
            int outIndex,
            Scratch scratch) {
        int padded = (count + ClusterKernels.POINTS - 1) & -ClusterKernels.POINTS;
        double bound = bound(maxPointNorm);
        int[] nearest = scratch.nearest;
        float[] gaps = scratch.gaps;
        CLUSTERS.nearestTwo(
                lines,
                linesOffset,
                lineStride,
                padded,
                dimensions,
                rows,
                0,
                rowCount,
                Math.nextUp((float) (maxPointNorm * maxPointNorm + bound)),
                nearest,
                gaps);
        float least = (float) bound;
        for (int i = 0; i < count; i++) {
            // Written so that a gap which is not a number is not certain either.
            boolean certain = gaps[i] > least;
            out[outIndex + i] =
                    certain ? nearest[i] : nearest(points, pointsOffset + i * pointStride, scratch);
        }
    }

    /// By how much two scores have to differ; infinite where scores may overflow.
    private double bound(double maxPointNorm) {
        double sum = maxPointNorm + maxNorm;
        double square = sum * sum;
        return square < Float.MAX_VALUE / 8
                ? 4.4 * (dimensions + 6) * (UNIT * square + TINY)
                : Double.POSITIVE_INFINITY;
    }

    /// {@return the nearest centroid of one point}
    ///
    /// @param point holds the point as it is, in native memory
    /// @param offset byte offset of the point
    /// @param scratch of the calling thread
    public int nearest(MemorySegment point, long offset, Scratch scratch) {
        scratch.rechecks++;
        float[] scores = scratch.scores;
        DISTANCES.squaredL2Columns(
                point,
                offset,
                columns,
                columnsOffset,
                columnStride,
                scores.length,
                dimensions,
                scores);
        int first = DistanceKernels.argMin(scores, clusters);
        // Each score is off by a factor of 1 + (dimensions + 3) * UNIT at most.
        double slack = 1 + 2.2 * (dimensions + 4) * UNIT;
        double limit = scores[first] * slack + (dimensions + 1) * TINY;
        int best = -1;
        double least = -1;
        for (int k = 0; k < clusters; k++) {
            if (scores[k] > limit) {
                continue;
            }
            if (best < 0) {
                best = k;
                continue;
            }
            least = least < 0 ? squared(point, offset, best) : least;
            double distance = squared(point, offset, k);
            if (distance < least) {
                least = distance;
                best = k;
            }
        }
        return best;
    }

    /// {@return squared distance of a point to a centroid, summed in double precision over
    /// ascending components}
    ///
    /// @param point holds the point as it is
    /// @param offset byte offset of the point
    /// @param k the centroid
    public double squared(MemorySegment point, long offset, int k) {
        double sum = 0;
        for (int d = 0; d < dimensions; d++) {
            double difference = (double) point.get(FLOAT, offset + 4L * d) - component(k, d);
            sum += difference * difference;
        }
        return sum;
    }

    private float component(int k, int d) {
        return columns.get(FLOAT, columnsOffset + d * columnStride + 4L * k);
    }

    private long row(int k) {
        return k * (4L * dimensions + Float.BYTES);
    }
}
