package ai.bytesandbrains.engine.gossip;

/// So much and no more: permits that come back evenly over time, of which a few can be saved up.
final class VerificationBudget {

    private final long costNs;
    private final long mostNs;
    private long savedNs;
    private long lastNs;

    /// Full at first.
    ///
    /// @param perPeriod permits that come back in a period
    /// @param burst the most that can be saved up
    VerificationBudget(int perPeriod, int burst, long periodNs, long nowNs) {
        costNs = Math.max(1, periodNs / perPeriod);
        mostNs = costNs * burst;
        savedNs = mostNs;
        lastNs = nowNs;
    }

    boolean take(long nowNs) {
        savedNs = Math.min(mostNs, savedNs + Math.max(0, nowNs - lastNs));
        lastNs = nowNs;
        if (savedNs < costNs) {
            return false;
        }
        savedNs -= costNs;
        return true;
    }
}
