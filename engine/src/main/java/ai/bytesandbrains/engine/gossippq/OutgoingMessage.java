package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.overlay.Outbox;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The one outbound message of a node: fields and a body that are filled in before [#send].
final class OutgoingMessage implements GossipPqMessage {
    /// The body, little-endian.
    final MemorySegment body;

    private final Outbox<GossipPqMessage> outbox;
    private final GossipPqCounters counters;
    private GossipPqKind kind;
    private long requestId;
    private int epoch;
    private long space;
    private long codebookHigh;
    private long codebookLow;
    private int flags;
    private int subspace;
    private int number;
    private long threshold;
    private long ranges;
    private int count;
    private int bodyBytes;

    OutgoingMessage(
            int maxBody, Outbox<GossipPqMessage> outbox, GossipPqCounters counters, Arena arena) {
        body = arena.allocate(maxBody, Long.BYTES);
        this.outbox = outbox;
        this.counters = counters;
    }

    /// Begins a message; all that is not set afterwards is 0.
    OutgoingMessage begin(GossipPqKind kind, long requestId, int epoch) {
        this.kind = kind;
        this.requestId = requestId;
        this.epoch = epoch;
        space = 0;
        codebookHigh = 0;
        codebookLow = 0;
        flags = 0;
        subspace = 0;
        number = 0;
        threshold = 0;
        ranges = 0;
        count = 0;
        bodyBytes = 0;
        return this;
    }

    OutgoingMessage codebook(long high, long low, int flags) {
        codebookHigh = high;
        codebookLow = low;
        this.flags = flags;
        return this;
    }

    OutgoingMessage flag(int flag) {
        flags |= flag;
        return this;
    }

    OutgoingMessage space(long space) {
        this.space = space;
        return this;
    }

    OutgoingMessage subspace(int subspace) {
        this.subspace = subspace;
        return this;
    }

    OutgoingMessage number(int number) {
        this.number = number;
        return this;
    }

    OutgoingMessage threshold(long threshold) {
        this.threshold = threshold;
        return this;
    }

    OutgoingMessage ranges(long ranges) {
        this.ranges = ranges;
        return this;
    }

    OutgoingMessage body(int count, int bytes) {
        this.count = count;
        bodyBytes = bytes;
        return this;
    }

    boolean send(long peer) {
        boolean taken = outbox.send(peer, this);
        if (!taken) {
            counters.sendsRefused++;
        }
        return taken;
    }

    @Override
    public GossipPqKind kind() {
        return kind;
    }

    @Override
    public long requestId() {
        return requestId;
    }

    @Override
    public int epoch() {
        return epoch;
    }

    @Override
    public long space() {
        return space;
    }

    @Override
    public long codebookHigh() {
        return codebookHigh;
    }

    @Override
    public long codebookLow() {
        return codebookLow;
    }

    @Override
    public int flags() {
        return flags;
    }

    @Override
    public int subspace() {
        return subspace;
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public long threshold() {
        return threshold;
    }

    @Override
    public long ranges() {
        return ranges;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public int bodyBytes() {
        return bodyBytes;
    }

    @Override
    public void copyBody(MemorySegment into, long offset) {
        MemorySegment.copy(body, 0, into, offset, bodyBytes);
    }
}
