package ai.bytesandbrains.engine.sim;

/// What the network does to messages. Shares are from 0 to 1, times in nanoseconds.
///
/// @param minLatencyNs the least time a message takes, from 1
/// @param maxLatencyNs messages take less than this; evenly spread in between
/// @param loss share of messages that get lost
/// @param duplicate share of messages that arrive twice, each copy at its own time
/// @param reorder share of messages that are held back, so that later ones overtake them
/// @param reorderNs how long those are held back at the most
/// @param refuse share of sends that the outbox refuses (back-pressure)
/// @param clockOffsetNs clocks of nodes differ by at most this, either way
/// @param reportsFailures whether a sender hears that a dead node could not be reached
public record Faults(
        long minLatencyNs,
        long maxLatencyNs,
        double loss,
        double duplicate,
        double reorder,
        long reorderNs,
        double refuse,
        long clockOffsetNs,
        boolean reportsFailures) {

    private static final long MS = 1_000_000L;
    private static final long MAX_TIME_NS = 1L << 50;

    /// A wide-area network in which nothing goes wrong: 10 to 100 ms.
    public static final Faults NONE = new Faults(10 * MS, 100 * MS, 0, 0, 0, 0, 0, 0, false);

    /// Checks every field.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public Faults {
        require(
                minLatencyNs > 0 && minLatencyNs < maxLatencyNs && maxLatencyNs <= MAX_TIME_NS,
                "minLatencyNs=%d maxLatencyNs=%d: expected 0 < minLatencyNs < maxLatencyNs <= %d"
                        .formatted(minLatencyNs, maxLatencyNs, MAX_TIME_NS));
        requireShare("loss", loss);
        requireShare("duplicate", duplicate);
        requireShare("reorder", reorder);
        requireShare("refuse", refuse);
        require(refuse < 1, "refuse=" + refuse + ": nothing would ever be sent");
        requireTime("reorderNs", reorderNs);
        requireTime("clockOffsetNs", clockOffsetNs);
        require(
                reorder == 0 || reorderNs > 0,
                "reorder=" + reorder + " reorderNs=" + reorderNs + ": expected a time too");
    }

    /// {@return these faults with other latencies}
    ///
    /// @param minNs the least
    /// @param maxNs the upper bound
    public Faults withLatency(long minNs, long maxNs) {
        return new Faults(
                minNs,
                maxNs,
                loss,
                duplicate,
                reorder,
                reorderNs,
                refuse,
                clockOffsetNs,
                reportsFailures);
    }

    /// {@return these faults with other chances for messages}
    ///
    /// @param loss share lost
    /// @param duplicate share doubled
    /// @param reorder share held back
    /// @param reorderNs for how long at the most
    public Faults withMessages(double loss, double duplicate, double reorder, long reorderNs) {
        return new Faults(
                minLatencyNs,
                maxLatencyNs,
                loss,
                duplicate,
                reorder,
                reorderNs,
                refuse,
                clockOffsetNs,
                reportsFailures);
    }

    /// {@return these faults with an outbox that refuses}
    ///
    /// @param refuse share of sends refused
    public Faults withRefusals(double refuse) {
        return new Faults(
                minLatencyNs,
                maxLatencyNs,
                loss,
                duplicate,
                reorder,
                reorderNs,
                refuse,
                clockOffsetNs,
                reportsFailures);
    }

    /// {@return these faults with clocks that differ}
    ///
    /// @param clockOffsetNs by how much at the most
    public Faults withClockOffset(long clockOffsetNs) {
        return new Faults(
                minLatencyNs,
                maxLatencyNs,
                loss,
                duplicate,
                reorder,
                reorderNs,
                refuse,
                clockOffsetNs,
                reportsFailures);
    }

    /// {@return these faults in a network that tells who could not be reached}
    public Faults reportingFailures() {
        return new Faults(
                minLatencyNs,
                maxLatencyNs,
                loss,
                duplicate,
                reorder,
                reorderNs,
                refuse,
                clockOffsetNs,
                true);
    }

    private static void requireShare(String name, double value) {
        require(value >= 0 && value <= 1, name + "=" + value + ": expected 0 to 1");
    }

    private static void requireTime(String name, long value) {
        require(
                value >= 0 && value <= MAX_TIME_NS,
                name + "=" + value + ": expected 0 to " + MAX_TIME_NS);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
