package ai.bytesandbrains.engine.gossippq;

/// What a node's protocol has done so far. Plain counts, written by its thread; another thread may
/// read them and see slightly old values.
public final class GossipPqCounters {
    long summaries;
    long same;
    long itemsSent;
    long itemsTaken;
    long itemsUseless;
    long itemsRefused;
    long foreign;
    long overBudget;
    long unsolicited;
    long trainings;
    long sendsRefused;
    long chunksSent;
    long fetchesFailed;

    GossipPqCounters() {}

    /// {@return exchanges begun}
    public long summaries() {
        return summaries;
    }

    /// {@return own summaries that were answered by "the same"}
    public long same() {
        return same;
    }

    /// {@return items sent}
    public long itemsSent() {
        return itemsSent;
    }

    /// {@return items received that came into a sample}
    public long itemsTaken() {
        return itemsTaken;
    }

    /// {@return items received that were there already, or no longer small enough}
    public long itemsUseless() {
        return itemsUseless;
    }

    /// {@return items received that were none: no origin, no weight, or an absurd scale}
    public long itemsRefused() {
        return itemsRefused;
    }

    /// {@return messages from nobody known, of another network or configuration, or malformed}
    public long foreign() {
        return foreign;
    }

    /// {@return requests of peers who asked too often}
    public long overBudget() {
        return overBudget;
    }

    /// {@return answers to nothing that was asked, or no longer}
    public long unsolicited() {
        return unsolicited;
    }

    /// {@return codebooks that were trained}
    public long trainings() {
        return trainings;
    }

    /// {@return messages that the outbox did not take}
    public long sendsRefused() {
        return sendsRefused;
    }

    /// {@return parts of codebooks sent}
    public long chunksSent() {
        return chunksSent;
    }

    /// {@return fetched codebooks whose content was not what its id said}
    public long fetchesFailed() {
        return fetchesFailed;
    }
}
