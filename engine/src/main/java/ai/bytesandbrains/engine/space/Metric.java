package ai.bytesandbrains.engine.space;

/// The distances that the engine knows. More constants will follow: a `switch` over metrics outside
/// the engine should have a default branch.
public enum Metric {
    /// Squared Euclidean distance, in squared units of the vectors; from 0 to infinity.
    L2 {
        @Override
        public EmbeddingSpace space(int dimensions) {
            return new L2Space(dimensions);
        }
    },

    /// Cosine distance `1 - cos`, from 0 (same direction) to 2 (opposite); not defined for the zero
    /// vector.
    COSINE {
        @Override
        public EmbeddingSpace space(int dimensions) {
            return new CosineSpace(dimensions);
        }
    };

    /// {@return a space of this metric}
    ///
    /// @param dimensions floats in a vector
    /// @throws IllegalArgumentException if `dimensions` is not positive or absurdly large
    public abstract EmbeddingSpace space(int dimensions);
}
