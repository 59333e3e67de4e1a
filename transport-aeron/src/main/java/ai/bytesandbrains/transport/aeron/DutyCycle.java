package ai.bytesandbrains.transport.aeron;

/// How long a node's duty cycles take. A cycle that found work is followed by the next one at once,
/// so the time from one begin to the next is its own; within a cycle the clock is read after each
/// part that found work. Single-threaded.
final class DutyCycle {

    private final long budgetNs;
    private long begunAtNs;
    private boolean busy;
    private long longestNs;
    private long overBudget;

    /// A node that has not run yet.
    ///
    /// @param budgetNs what a cycle should not take longer than
    DutyCycle(long budgetNs) {
        this.budgetNs = budgetNs;
    }

    void begin(long nowNs) {
        if (busy) {
            long took = nowNs - begunAtNs;
            longestNs = Math.max(longestNs, took);
            overBudget += took > budgetNs ? 1 : 0;
        }
        begunAtNs = nowNs;
    }

    /// Whether what is left of the cycle has to wait for the next one.
    boolean isOver(long nowNs) {
        return nowNs - begunAtNs >= budgetNs;
    }

    void end(int work) {
        busy = work > 0;
    }

    /// The longest one since [#startPeriod].
    long longestNs() {
        return longestNs;
    }

    /// How many took longer than the budget, in all.
    long overBudget() {
        return overBudget;
    }

    void startPeriod() {
        longestNs = 0;
    }
}
