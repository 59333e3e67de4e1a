package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.simd.CodeLayout;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Vectors;

import java.util.Objects;

/// How to train a [ProductQuantizer].
///
/// @param metric what distances of codes approximate
/// @param dimensions floats in a vector
/// @param subspaces into how many equal parts a vector is cut (M), so it divides the dimensions
/// @param bits of the code for each part: 4, 6 or 8, for 16, 64 or 256 centroids
/// @param iterations Lloyd iterations a subspace at most
/// @param maxPointsPerCentroid of more samples than this times the centroids of a subspace, as many
///     are taken at even distances
/// @param seed of the k-means start
public record PqConfig(
        Metric metric,
        int dimensions,
        int subspaces,
        int bits,
        int iterations,
        int maxPointsPerCentroid,
        long seed) {
    private static final int DEFAULT_BITS = 8;
    private static final int DEFAULT_ITERATIONS = 15;
    private static final int DEFAULT_POINTS_PER_CENTROID = 256;

    /// Checks the values, alone and together.
    ///
    /// @throws IllegalArgumentException if one is out of its range, or `subspaces` does not divide
    ///     `dimensions`
    public PqConfig {
        checkMetric(metric);
        checkShape(dimensions, subspaces, bits);
        if (iterations < 0) {
            throw new IllegalArgumentException(
                    "iterations=" + iterations + " must not be negative");
        }
        if (maxPointsPerCentroid < 1) {
            throw new IllegalArgumentException(
                    "maxPointsPerCentroid=" + maxPointsPerCentroid + " must be at least 1");
        }
    }

    /// {@return the usual configuration of 8-bit codes: 15 iterations over at most 65,536 samples}
    ///
    /// @param metric what distances of codes approximate
    /// @param dimensions floats in a vector
    /// @param subspaces into how many equal parts a vector is cut
    /// @param seed of the k-means start
    /// @throws IllegalArgumentException if `subspaces` does not divide `dimensions`
    public static PqConfig of(Metric metric, int dimensions, int subspaces, long seed) {
        return of(metric, dimensions, subspaces, DEFAULT_BITS, seed);
    }

    /// {@return the usual configuration: 15 iterations over at most 256 samples a centroid}
    ///
    /// @param metric what distances of codes approximate
    /// @param dimensions floats in a vector
    /// @param subspaces into how many equal parts a vector is cut
    /// @param bits of the code for each part: 4, 6 or 8
    /// @param seed of the k-means start
    /// @throws IllegalArgumentException if `subspaces` does not divide `dimensions`, or `bits` is
    ///     none of the three
    public static PqConfig of(Metric metric, int dimensions, int subspaces, int bits, long seed) {
        return new PqConfig(
                metric,
                dimensions,
                subspaces,
                bits,
                DEFAULT_ITERATIONS,
                DEFAULT_POINTS_PER_CENTROID,
                seed);
    }

    /// {@return the same with another number of iterations}
    ///
    /// @param iterations Lloyd iterations a subspace at most
    /// @throws IllegalArgumentException if it is negative
    public PqConfig withIterations(int iterations) {
        return new PqConfig(
                metric, dimensions, subspaces, bits, iterations, maxPointsPerCentroid, seed);
    }

    /// {@return the same with another limit of samples}
    ///
    /// @param maxPointsPerCentroid samples for each centroid of a subspace at most
    /// @throws IllegalArgumentException if it is not positive
    public PqConfig withMaxPointsPerCentroid(int maxPointsPerCentroid) {
        return new PqConfig(
                metric, dimensions, subspaces, bits, iterations, maxPointsPerCentroid, seed);
    }

    /// {@return centroids of a subspace, `2^bits`; training needs at least as many samples}
    public int centroids() {
        return 1 << bits;
    }

    /// {@return samples that training looks at, at most}
    public int maxTrainingPoints() {
        return (int) Math.min(Integer.MAX_VALUE, (long) maxPointsPerCentroid * centroids());
    }

    /// {@return bytes of a code: the bits of all subspaces, rounded up}
    public int codeSize() {
        return CodeLayout.codeBytes(bits, subspaces);
    }

    /// The layout of codes.
    CodeLayout layout() {
        return new CodeLayout(bits, subspaces);
    }

    static void checkMetric(Metric metric) {
        Objects.requireNonNull(metric, "metric");
        if (metric != Metric.L2 && metric != Metric.COSINE && metric != Metric.INNER_PRODUCT) {
            throw new IllegalArgumentException(
                    "metric=" + metric + " is not one that codes approximate");
        }
    }

    static void checkShape(int dimensions, int subspaces, int bits) {
        Vectors.checkDimensions(dimensions);
        if (subspaces < 1 || dimensions % subspaces != 0) {
            throw new IllegalArgumentException(
                    "subspaces=" + subspaces + " must divide dimensions=" + dimensions);
        }
        if (bits != 4 && bits != 6 && bits != 8) {
            throw new IllegalArgumentException("bits=" + bits + " must be 4, 6 or 8");
        }
    }
}
