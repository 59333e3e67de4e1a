package ai.bytesandbrains.bench.cli;

/// Checks of numbers that the user gave.
final class Ranges {
    private Ranges() {}

    /// Refuses what is out of range.
    static void check(final String option, final int value, final int least, final int most) {
        if (value < least || value > most) {
            throw new UsageException(
                    "%s %d is not in %d..%d".formatted(option, value, least, most));
        }
    }
}
