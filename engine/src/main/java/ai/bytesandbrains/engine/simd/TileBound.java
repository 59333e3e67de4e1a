package ai.bytesandbrains.engine.simd;

/// Thresholds for tiles that miss no row which the one-query kernels would take.
///
/// Let u = 2^-24. A sum of n fused multiply-adds errs by at most `n u / (1 - n u)` times the sum of
/// the magnitudes of its terms (Higham, "Accuracy and Stability of Numerical Algorithms", section
/// 3.1); `G` here is that factor for n = 2d + 16 steps, which covers norm and product together.
///
/// **Squared distance.** A row that the one-query kernel puts at `worst` or nearer has a true
/// distance of at most `w = worst (1 + G)`, thus a norm of at most `r = |q| + sqrt(w)`. Its value
/// in the tile is at most `w - |q|^2 + G (r^2 + 2 |q| r)`.
///
/// **Dot product.** A row that the one-query kernel puts at `worst` or lower (as -dot) has a value
/// in the tile of at most `worst + 2 G |q| r`, where r bounds the norms of the rows.
///
/// All in double arithmetic, whose own rounding the surplus in G covers, and rounded up to float.
/// Where a square could overflow the threshold is infinite: everything passes.
public final class TileBound {
    private static final double UNIT = 0x1p-24;

    /// Each step may lose the smallest subnormal number.
    private static final double TINY = 0x1p-148;

    private TileBound() {}

    private static double factor(int dimensions) {
        double n = (2.0 * dimensions + 16) * UNIT;
        return n / (1 - n);
    }

    /// {@return the largest value in a tile, started from squared norms with queries scaled by -2,
    /// of a row that the one-query kernel may put at `worst` or nearer}
    ///
    /// @param worst a squared distance; NaN if every row is of interest
    /// @param queryNormSquared squared norm of the query, computed in double
    /// @param dimensions of the vectors
    public static float squaredL2(float worst, double queryNormSquared, int dimensions) {
        double g = factor(dimensions);
        double w = worst * (1 + g) + dimensions * TINY;
        double q = Math.sqrt(queryNormSquared);
        double r = q + Math.sqrt(w);
        double bound = w - queryNormSquared + g * (r * r + 2 * q * r) + dimensions * TINY;
        return up(bound, r * r + 2 * q * r);
    }

    /// {@return the largest value in a tile, started from zeros with queries scaled by -1, of a row
    /// that the one-query kernel may put at `worst` or lower}
    ///
    /// @param worst a negative dot product; NaN if every row is of interest
    /// @param queryNorm norm of the query, computed in double
    /// @param rowNorm no row has a larger norm; a norm computed in float has to be raised by its
    ///     rounding first, see [#raised]
    /// @param dimensions of the vectors
    public static float negativeDot(float worst, double queryNorm, double rowNorm, int dimensions) {
        double magnitude = queryNorm * rowNorm;
        double bound = worst + 2 * factor(dimensions) * magnitude + 2 * dimensions * TINY;
        return up(bound, magnitude);
    }

    /// {@return an upper bound of a norm whose square was summed up in float}
    ///
    /// @param normSquared the float sum of squares
    /// @param dimensions number of squares
    public static double raised(float normSquared, int dimensions) {
        return Math.sqrt(normSquared * (1 + factor(dimensions)) + dimensions * TINY);
    }

    /// Rounds up; NaN, and what may have overflowed on the way, is infinite.
    private static float up(double bound, double magnitude) {
        if (!(magnitude < Float.MAX_VALUE / 2) || Double.isNaN(bound)) {
            return Float.POSITIVE_INFINITY;
        }
        return Math.nextUp((float) bound);
    }
}
