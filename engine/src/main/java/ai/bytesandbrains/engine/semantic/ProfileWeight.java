package ai.bytesandbrains.engine.semantic;

/// How many vectors a profile stands for, in one byte: `8 log2(1 + n)`, rounded, which is right to
/// some four percent and ends at 2^31.
public final class ProfileWeight {

    /// The largest weight.
    public static final int MAX = 255;

    private static final double STEPS_PER_DOUBLING = 8;
    private static final double LOG_2 = Math.log(2);
    private static final float[] VECTORS = new float[MAX + 1];

    static {
        for (int weight = 0; weight <= MAX; weight++) {
            VECTORS[weight] = (float) (Math.pow(2, weight / STEPS_PER_DOUBLING) - 1);
        }
    }

    private ProfileWeight() {}

    /// {@return the weight of so many vectors}
    ///
    /// @param vectors how many
    /// @throws IllegalArgumentException if it is negative
    public static int of(long vectors) {
        if (vectors < 0) {
            throw new IllegalArgumentException("vectors=" + vectors + ": expected at least 0");
        }
        long weight = Math.round(STEPS_PER_DOUBLING * Math.log1p((double) vectors) / LOG_2);
        return (int) Math.min(MAX, weight);
    }

    /// {@return about how many vectors a weight stands for}
    ///
    /// @param weight from 0 to [#MAX]
    static float vectors(int weight) {
        return VECTORS[weight];
    }
}
