package ai.bytesandbrains.engine.semantic;

/// What the nodes of one logic have done and met so far. Read by the thread that owns it.
public final class SemanticCounters {

    long started;
    long completed;
    long answered;
    long silences;
    long deaths;
    long rejected;
    long overBudget;
    long unsolicited;
    long sendsRefused;
    long findsStarted;
    long findsAnswered;

    SemanticCounters() {}

    /// {@return exchanges started}
    public long started() {
        return started;
    }

    /// {@return exchanges that were answered}
    public long completed() {
        return completed;
    }

    /// {@return exchanges of others that were answered}
    public long answered() {
        return answered;
    }

    /// {@return exchanges that nobody answered in time}
    public long silences() {
        return silences;
    }

    /// {@return peers that were taken for dead}
    public long deaths() {
        return deaths;
    }

    /// {@return messages, and entries of messages, that made no sense}
    public long rejected() {
        return rejected;
    }

    /// {@return requests of others that the budgets did not allow}
    public long overBudget() {
        return overBudget;
    }

    /// {@return answers that nobody had asked for, or that came too late}
    public long unsolicited() {
        return unsolicited;
    }

    /// {@return messages that the transport did not take}
    public long sendsRefused() {
        return sendsRefused;
    }

    /// {@return finds started}
    public long findsStarted() {
        return findsStarted;
    }

    /// {@return finds of others that were answered}
    public long findsAnswered() {
        return findsAnswered;
    }
}
