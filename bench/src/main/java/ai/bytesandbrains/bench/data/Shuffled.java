package ai.bytesandbrains.bench.data;

import java.util.SplittableRandom;

/// Numbers in an order left to chance.
public final class Shuffled {
    private Shuffled() {}

    /// {@return the numbers from 0 to `count - 1`, each order as likely as any other}
    ///
    /// @param count how many
    /// @param random decides
    public static int[] numbers(final int count, final SplittableRandom random) {
        final int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            final int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
