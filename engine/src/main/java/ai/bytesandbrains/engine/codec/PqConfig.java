package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.space.Metric;

import java.util.Objects;

/// How to train a [ProductQuantizer].
///
/// @param metric what distances of codes approximate
/// @param dimensions floats in a vector
/// @param subspaces into how many equal parts a vector is cut (M); each becomes one byte of the
///     code, so it divides the dimensions
/// @param iterations Lloyd iterations a subspace at most
/// @param maxTrainingPoints of more samples than this, as many are taken at even distances
/// @param seed of the k-means start
public record PqConfig(
        Metric metric,
        int dimensions,
        int subspaces,
        int iterations,
        int maxTrainingPoints,
        long seed) {
    private static final int DEFAULT_ITERATIONS = 15;
    private static final int DEFAULT_TRAINING_POINTS = 65_536;

    /// Checks the values, alone and together.
    ///
    /// @throws IllegalArgumentException if one is out of its range, or `subspaces` does not divide
    ///     `dimensions`
    public PqConfig {
        checkMetric(Objects.requireNonNull(metric, "metric"));
        checkShape(dimensions, subspaces);
        if (iterations < 0) {
            throw new IllegalArgumentException(
                    "iterations=" + iterations + " must not be negative");
        }
        if (maxTrainingPoints < Codebook.CENTROIDS) {
            throw new IllegalArgumentException(
                    "maxTrainingPoints=%d must be at least centroids=%d"
                            .formatted(maxTrainingPoints, Codebook.CENTROIDS));
        }
    }

    /// {@return the usual configuration: 15 iterations over at most 65,536 samples}
    ///
    /// @param metric what distances of codes approximate
    /// @param dimensions floats in a vector
    /// @param subspaces into how many equal parts a vector is cut
    /// @param seed of the k-means start
    /// @throws IllegalArgumentException if `subspaces` does not divide `dimensions`
    public static PqConfig of(Metric metric, int dimensions, int subspaces, long seed) {
        return new PqConfig(
                metric, dimensions, subspaces, DEFAULT_ITERATIONS, DEFAULT_TRAINING_POINTS, seed);
    }

    static void checkMetric(Metric metric) {
        if (metric != Metric.L2 && metric != Metric.COSINE) {
            throw new IllegalArgumentException(
                    "metric=" + metric + " is not one that codes approximate");
        }
    }

    static void checkShape(int dimensions, int subspaces) {
        if (dimensions < 1 || subspaces < 1 || dimensions % subspaces != 0) {
            throw new IllegalArgumentException(
                    "subspaces=" + subspaces + " must divide dimensions=" + dimensions);
        }
    }
}
