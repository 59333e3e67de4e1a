package ai.bytesandbrains.engine.gossip;

/// What a [GossipLogic] has done so far, for all its nodes together. Plain counts, written by the
/// logic's thread; another thread may read them and see slightly old values.
public final class GossipCounters {

    long started;
    long completed;
    long accepted;
    long refused;
    long joinsAnswered;
    long timeouts;
    long unsolicited;
    long rejected;
    long sendsRefused;
    long joinsRepeated;
    long joinsPassedOn;
    long seedsSkipped;
    long answersDropped;
    private final long[] descriptors = new long[DescriptorRejection.values().length];

    GossipCounters() {}

    @SuppressWarnings("EnumOrdinal") // The array never leaves this class.
    void reject(DescriptorRejection reason) {
        descriptors[reason.ordinal()]++;
        rejected++;
    }

    /// {@return peers in messages that a node of a signed network did not take, for this reason}
    ///
    /// @param reason why
    @SuppressWarnings("EnumOrdinal") // The array never leaves this class.
    public long rejected(DescriptorRejection reason) {
        return descriptors[reason.ordinal()];
    }

    /// {@return exchanges started}
    public long started() {
        return started;
    }

    /// {@return own exchanges that were answered with a view}
    public long completed() {
        return completed;
    }

    /// {@return exchanges of others that were accepted}
    public long accepted() {
        return accepted;
    }

    /// {@return exchanges and joins of others that the budgets refused}
    public long refused() {
        return refused;
    }

    /// {@return joins of others that were answered}
    public long joinsAnswered() {
        return joinsAnswered;
    }

    /// {@return joins dropped because their sender had been answered less than half a period
    /// before}
    public long joinsRepeated() {
        return joinsRepeated;
    }

    /// {@return joins over budget, whose senders were named another peer to ask}
    public long joinsPassedOn() {
        return joinsPassedOn;
    }

    /// {@return answers that the outbox did not take: whoever asked will ask again}
    public long answersDropped() {
        return answersDropped;
    }

    /// {@return seed peers that were not remembered: the peer table was full, or held another
    /// identity with the same short id}
    public long seedsSkipped() {
        return seedsSkipped;
    }

    /// {@return requests that were not answered in time}
    public long timeouts() {
        return timeouts;
    }

    /// {@return answers to nothing that was asked}
    public long unsolicited() {
        return unsolicited;
    }

    /// {@return messages without a usable sender, and peers in messages that could not be entered
    /// in the peer table, or whose proof did not hold}
    public long rejected() {
        return rejected;
    }

    /// {@return messages that the outbox did not take at the first try}
    public long sendsRefused() {
        return sendsRefused;
    }
}
