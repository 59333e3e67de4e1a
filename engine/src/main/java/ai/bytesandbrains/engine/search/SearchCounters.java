package ai.bytesandbrains.engine.search;

/// What a [FederatedSearch] has done so far. Plain counts, written by the agent; another thread may
/// read them and see slightly old values.
public final class SearchCounters {

    long started;
    long partial;
    long answered;
    long refused;
    long unsolicited;
    long rejected;
    long answersDropped;
    long sendsRefused;
    long vectorsGiven;
    long vectorsMeasured;
    long misstated;

    SearchCounters() {}

    /// {@return own searches started}
    public long started() {
        return started;
    }

    /// {@return own searches that ended without every chosen peer's answer}
    public long partial() {
        return partial;
    }

    /// {@return queries of others that were searched}
    public long answered() {
        return answered;
    }

    /// {@return queries of others that were refused, with a status that says why}
    public long refused() {
        return refused;
    }

    /// {@return answers to nothing that waits for them: late, doubled, or never asked for}
    public long unsolicited() {
        return unsolicited;
    }

    /// {@return answers with more hits than asked for or with a distance that is none, and queries
    /// without a usable asker}
    public long rejected() {
        return rejected;
    }

    /// {@return answers given up because their asker took them too late or not at all}
    public long answersDropped() {
        return answersDropped;
    }

    /// {@return messages that the outbox did not take at once}
    public long sendsRefused() {
        return sendsRefused;
    }

    /// {@return vectors given to others}
    public long vectorsGiven() {
        return vectorsGiven;
    }

    /// {@return hits measured on vectors of others}
    public long vectorsMeasured() {
        return vectorsMeasured;
    }

    /// {@return hits that had another distance than their peers said, by more than rounding and
    /// codes explain}
    public long misstated() {
        return misstated;
    }
}
