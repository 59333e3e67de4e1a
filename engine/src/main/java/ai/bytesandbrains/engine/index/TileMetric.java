package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.simd.TileBound;
import ai.bytesandbrains.engine.space.CosineSpace;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.InnerProductSpace;
import ai.bytesandbrains.engine.space.L2Space;

/// How the distances of a space follow from the values of tiles; [TileBound] proves the bounds.
enum TileMetric {
    /// Squared distances: queries times -2, columns start from squared norms.
    SQUARED_L2(-2f) {
        @Override
        float threshold(float worst, double queryNorm, double rowNorm, int dimensions) {
            return TileBound.squaredL2(worst, queryNorm * queryNorm, dimensions);
        }
    },

    /// Negative dot products: queries times -1, columns start from zeros.
    NEGATIVE_DOT(-1f) {
        @Override
        float threshold(float worst, double queryNorm, double rowNorm, int dimensions) {
            return TileBound.negativeDot(worst, queryNorm, rowNorm, dimensions);
        }
    },

    /// 1 - dot of unit vectors, clamped at 0: a negative dot product with 1 added, which rounds.
    ONE_LESS_DOT(-1f) {
        @Override
        float threshold(float worst, double queryNorm, double rowNorm, int dimensions) {
            float dot = Math.nextUp((float) (worst - 1.0 + ROUNDING));
            return TileBound.negativeDot(dot, queryNorm, rowNorm, dimensions);
        }
    };

    /// More than a distance between 0 and 2 can lose when it is rounded to a float.
    private static final double ROUNDING = 0x1p-22;

    private final float factor;

    TileMetric(float factor) {
        this.factor = factor;
    }

    /// What queries are scaled with.
    float factor() {
        return factor;
    }

    /// The largest value in a tile of a row that may be at `worst` or nearer; see [TileBound] for
    /// the norms.
    abstract float threshold(float worst, double queryNorm, double rowNorm, int dimensions);

    /// How to measure in a space by tiles; null if that cannot be done. The spaces are the engine's
    /// own: of others nothing is known about rounding.
    static TileMetric of(EmbeddingSpace space) {
        return switch (space) {
            case L2Space l2 -> SQUARED_L2;
            case InnerProductSpace ip -> NEGATIVE_DOT;
            case CosineSpace cosine -> ONE_LESS_DOT;
            default -> null;
        };
    }
}
