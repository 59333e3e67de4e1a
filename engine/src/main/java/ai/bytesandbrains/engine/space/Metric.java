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
    },

    /// The negated inner product `-(a · b)`, any number: the largest product is the nearest.
    INNER_PRODUCT {
        @Override
        public EmbeddingSpace space(int dimensions) {
            return new InnerProductSpace(dimensions);
        }

        @Override
        public boolean admits(float distance) {
            return !Float.isNaN(distance);
        }
    },

    /// Hamming distance of packed bits: how many differ, from 0 to the number of them.
    HAMMING {
        @Override
        public EmbeddingSpace space(int dimensions) {
            return new HammingSpace(dimensions);
        }
    },

    /// What a space made outside the engine measures, if it is none of the others. Two such spaces
    /// need not mean the same, so searches of other nodes do not take them.
    OTHER {
        @Override
        public EmbeddingSpace space(int dimensions) {
            throw new IllegalArgumentException(
                    "metric=OTHER is that of spaces made outside the engine, which has none");
        }

        @Override
        public boolean admits(float distance) {
            return !Float.isNaN(distance);
        }
    };

    /// {@return a space of this metric}
    ///
    /// @param dimensions components of a vector: floats, or bits for [#HAMMING]
    /// @throws IllegalArgumentException if `dimensions` is not between 1 and
    ///     [EmbeddingSpace#MAX_DIMENSIONS], or the metric is [#OTHER]
    public abstract EmbeddingSpace space(int dimensions);

    /// {@return whether a distance of this metric can have this value: what a stranger reports may
    /// be NaN, or negative where nothing is}
    ///
    /// @param distance any float
    public boolean admits(float distance) {
        return distance >= 0;
    }
}
