package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Tells whether what a peer said of a distance can be, now that the vector is there. What
/// rounding, codes and the encoding of the vector explain is no lie.
///
/// A peer may have measured another vector than the one it gave, at most so far from it:
///
/// ```
///   slack = 4 sqrt(mean error of the codes) + sqrt(dimensions) / 2 * scale, of int8 components
/// ```
///
/// and by the triangle inequality distances (L2; for cosine the chord) then differ by no more than
/// the slack, inner products by no more than its product with the query's length. A vector sixteen
/// times as far from its code as the mean one makes its peer look like a liar.
final class Honesty {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Of the size of what is added up to a distance.
    private static final double ROUNDING = 1e-4;

    private static final double CODE_ERRORS = 4;

    private final Metric metric;
    private final int dimensions;

    Honesty(Metric metric, int dimensions) {
        this.metric = metric;
        this.dimensions = dimensions;
    }

    /// {@return how far a vector may be from the one that its peer measured}
    ///
    /// @param codeError mean squared L2 distance of vectors from their codes; 0 for rows
    /// @param scale of int8 components of the vector, 0 for exact ones
    double slack(float codeError, float scale) {
        return CODE_ERRORS * Math.sqrt(codeError) + Math.sqrt(dimensions) / 2 * scale;
    }

    /// {@return whether a distance is not what its peer said}
    ///
    /// @param told what the peer said
    /// @param distance what the vector gives
    boolean isMisstated(
            float told, float distance, MemorySegment query, MemorySegment vector, double slack) {
        double difference = Math.abs((double) told - distance);
        double q = length(query);
        double x = length(vector);
        return switch (metric) {
            case L2 ->
                    difference > ROUNDING * (q * q + x * x) && rootsDiffer(told, distance, slack);
            case COSINE ->
                    difference > ROUNDING && rootsDiffer(2.0 * told, 2.0 * distance, slack / x);
            default -> difference > (ROUNDING * x + slack) * q;
        };
    }

    private static boolean rootsDiffer(double told, double distance, double slack) {
        return Math.abs(Math.sqrt(told) - Math.sqrt(Math.max(distance, 0))) > slack;
    }

    private double length(MemorySegment vector) {
        double squares = 0;
        for (int i = 0; i < dimensions; i++) {
            double component = vector.get(FLOAT, (long) i * Float.BYTES);
            squares += component * component;
        }
        return Math.sqrt(squares);
    }
}
