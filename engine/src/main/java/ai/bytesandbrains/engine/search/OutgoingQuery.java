package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The query of a search as a message: a view over its slot, made to point at one after the other.
final class OutgoingQuery implements SearchRequest {

    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final PeerDescriptor self;
    private final SearchSlots slots;
    private final int dimensions;
    private final Metric metric;
    private long base;
    private long nowNs;

    OutgoingQuery(PeerDescriptor self, SearchSlots slots, int dimensions, Metric metric) {
        this.self = self;
        this.slots = slots;
        this.dimensions = dimensions;
        this.metric = metric;
    }

    OutgoingQuery of(long base, long nowNs) {
        this.base = base;
        this.nowNs = nowNs;
        return this;
    }

    @Override
    public long requestId() {
        return slots.getLong(base, SearchSlots.REQUEST_ID);
    }

    @Override
    public void asker(PeerDescriptor into) {
        copy(self, into);
    }

    /// Writes who asks.
    static void copy(PeerDescriptor self, PeerDescriptor into) {
        into.id(self.shortId(), self.id1(), self.id2(), self.id3())
                .address(
                        self.addressKind(), self.ipHigh(), self.ipLow(), self.port(), self.stream())
                .age(0);
    }

    @Override
    public int k() {
        return slots.getInt(base, SearchSlots.K);
    }

    @Override
    public long budgetNs() {
        return Math.max(0, slots.getLong(base, SearchSlots.DEADLINE) - nowNs);
    }

    @Override
    public Metric metric() {
        return metric;
    }

    @Override
    public int dimensions() {
        return dimensions;
    }

    @Override
    public QueryEncoding encoding() {
        return QueryEncoding.ofCode(slots.getInt(base, SearchSlots.ENCODING));
    }

    @Override
    public float scale() {
        return slots.getFloat(base, SearchSlots.SCALE);
    }

    @Override
    public long queryWordAt(int word) {
        return slots.memory.get(WORD, base + SearchSlots.QUERY + (long) word * Long.BYTES);
    }

    @Override
    public int filterFlags() {
        return slots.getInt(base, SearchSlots.FILTER_FLAGS);
    }

    @Override
    public long filterTag() {
        return slots.getLong(base, SearchSlots.FILTER_TAG);
    }

    @Override
    public int filterRanges() {
        return slots.getInt(base, SearchSlots.FILTER_RANGES);
    }

    @Override
    public long filterBoundAt(int index) {
        return slots.memory.get(SearchSlots.LONG, slots.boundAt(base, index));
    }
}
