package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;

/// The loops of clustering and encoding: many points against many centroids.
///
/// Points are transposed: component `d` of point `i` is float `i` of line `d`. Segments are native,
/// of float32 in native byte order. Implementations are stateless, safe for any number of threads,
/// and allocate nothing once compiled.
public interface ClusterKernels {
    /// Points come in multiples of this many.
    int POINTS = 64;

    /// The nearest centroid of each point, and by how much it is nearer than the next.
    ///
    /// A centroid c is a row of `dimensions + 1` floats: a start, then `-2c`. Its score for a point
    /// x is the chain `score = fma(x[d], -2c[d], score)` over ascending `d`, from start plus shift
    /// on: with `|c|^2` for a start it is the squared distance less `|x|^2`, plus the shift. The
    /// shift has to be so large that no score is negative: then scores are ordered like their bits,
    /// as which they are compared. Of equal scores the lowest centroid wins.
    ///
    /// @param lines holds the points
    /// @param linesOffset byte offset of the first point's first component
    /// @param lineStride bytes from one line to the next
    /// @param count number of points, a multiple of [#POINTS]
    /// @param dimensions floats of a point, at least 1
    /// @param centroids holds the rows
    /// @param centroidsOffset byte offset of the first row
    /// @param clusters number of rows, even, at least 2
    /// @param shift what makes the scores positive
    /// @param nearest receives for each point the number of the centroid with the least score
    /// @param gaps receives for each point the second least score less the least one; NaN if both
    ///     are infinite
    void nearestTwo(
            MemorySegment lines,
            long linesOffset,
            long lineStride,
            int count,
            int dimensions,
            MemorySegment centroids,
            long centroidsOffset,
            int clusters,
            float shift,
            int[] nearest,
            float[] gaps);

    /// Lowers each point's distance to that from one more centre, and adds up.
    ///
    /// The squared distance is the chain `acc = fma(x[d] - c[d], x[d] - c[d], acc)` over ascending
    /// `d`. `sums[i % 64]` then grows by weight times lowered distance, points in ascending order,
    /// so that results are equal bit for bit in every implementation.
    ///
    /// @param lines holds the points
    /// @param linesOffset byte offset of the first point's first component
    /// @param lineStride bytes from one line to the next
    /// @param count number of points, a multiple of [#POINTS]
    /// @param dimensions floats of a point, at least 1
    /// @param centre holds the centre, `dimensions` floats
    /// @param centreOffset byte offset of the centre
    /// @param distances holds one float a point, lowered
    /// @param distancesOffset byte offset of the first one
    /// @param weights holds one float a point
    /// @param weightsOffset byte offset of the first one
    /// @param sums [#POINTS] sums, added to
    void approach(
            MemorySegment lines,
            long linesOffset,
            long lineStride,
            int count,
            int dimensions,
            MemorySegment centre,
            long centreOffset,
            MemorySegment distances,
            long distancesOffset,
            MemorySegment weights,
            long weightsOffset,
            float[] sums);
}
