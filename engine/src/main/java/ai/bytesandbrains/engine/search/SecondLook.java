package ai.bytesandbrains.engine.search;

import static ai.bytesandbrains.engine.search.SearchSlots.CHOSEN;
import static ai.bytesandbrains.engine.search.SearchSlots.DEADLINE;
import static ai.bytesandbrains.engine.search.SearchSlots.FETCHING;
import static ai.bytesandbrains.engine.search.SearchSlots.HITS;
import static ai.bytesandbrains.engine.search.SearchSlots.K;
import static ai.bytesandbrains.engine.search.SearchSlots.LOCAL;
import static ai.bytesandbrains.engine.search.SearchSlots.MEASURED;
import static ai.bytesandbrains.engine.search.SearchSlots.MISSED;
import static ai.bytesandbrains.engine.search.SearchSlots.MISSTATED;
import static ai.bytesandbrains.engine.search.SearchSlots.PEER_HANDLE;
import static ai.bytesandbrains.engine.search.SearchSlots.REQUEST_ID;
import static ai.bytesandbrains.engine.search.SearchSlots.RERANK;
import static ai.bytesandbrains.engine.search.SearchSlots.ROUNDS;
import static ai.bytesandbrains.engine.search.SearchSlots.TOLD;
import static ai.bytesandbrains.engine.search.SearchSlots.UNSENT_WISHES;
import static ai.bytesandbrains.engine.search.SearchSlots.VECTORS_MISSING;
import static ai.bytesandbrains.engine.search.SearchSlots.VECTORS_WANTED;
import static ai.bytesandbrains.engine.search.SearchSlots.WANTED;

import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The second look at the best of what was found: their vectors are fetched from the peers that
/// have them, and measured here. So hits under different codebooks come into their true order, and
/// a peer that lied about a distance gains nothing by it.
///
/// It goes in rounds. In the first one all of the best R k hits are wished for; in a further one
/// those that have moved up among them, as long as one of the best k still stands where it does by
/// its peer's word alone. So liars cost no more than vectors, as long as what they say to have does
/// not crowd out all that a search keeps: sixteen times k.
///
/// A peer that gives a vector which is not the one it has is not found out: it has what it gives.
final class SecondLook implements AutoCloseable {

    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// The factor where only codes are looked at twice.
    private static final int CODES_FACTOR = 4;

    private final SearchSlots slots;
    private final LocalSearch local;
    private final EmbeddingSpace space;
    private final Honesty honesty;
    private final QueryEncoding encoding;
    private final Outbox<SearchMessage> outbox;
    private final SearchCounters counters;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment encoded;
    private final MemorySegment vector;
    private final Wish wish;

    SecondLook(
            PeerDescriptor self,
            SearchOperations operations,
            LocalSearch local,
            VectorMessages fitting,
            Outbox<SearchMessage> outbox,
            SearchCounters counters) {
        slots = operations.slots;
        this.local = local;
        this.outbox = outbox;
        this.counters = counters;
        int dimensions = local.dimensions();
        // Not the index' own space, which may round what it measures.
        space = local.metric().space(dimensions);
        honesty = new Honesty(local.metric(), dimensions);
        encoding = fitting.encoding();
        vector = arena.allocate((long) Float.BYTES * dimensions, Long.BYTES);
        encoded = arena.allocate(((long) Float.BYTES * dimensions + 7) & -8, Long.BYTES);
        wish = new Wish(self, operations.limits.maxK());
    }

    /// Goes on with what has come so far.
    ///
    /// @return whether vectors are awaited
    boolean goOn(long base, long nowNs) {
        while (!has(base, WANTED, FETCHING)) {
            if (!beginRound(base)) {
                return false;
            }
            measureOwn(base);
        }
        send(base, nowNs);
        return true;
    }

    private boolean beginRound(long base) {
        int rerank = slots.getInt(base, RERANK);
        if (rerank == 0) {
            return false;
        }
        int k = slots.getInt(base, K);
        int size = slots.getInt(base, HITS);
        int window = k * (rerank < 0 ? CODES_FACTOR : rerank);
        int rounds = slots.getInt(base, ROUNDS);
        if (!hasOpen(base, Math.min(size, rounds == 0 ? window : k))) {
            return false;
        }
        for (int i = 0; i < Math.min(size, window); i++) {
            if (isOpen(base, slots.hitAt(base, i))) {
                slots.setState(slots.hitAt(base, i), WANTED);
                slots.add(base, VECTORS_WANTED, 1);
            }
        }
        slots.set(base, ROUNDS, rounds + 1);
        slots.set(base, UNSENT_WISHES, 1);
        return true;
    }

    /// Whether there is anything to look at twice.
    boolean isNeeded(long base) {
        return slots.getInt(base, RERANK) != 0 && hasOpen(base, slots.getInt(base, HITS));
    }

    private boolean hasOpen(long base, int among) {
        for (int i = 0; i < among; i++) {
            if (isOpen(base, slots.hitAt(base, i))) {
                return true;
            }
        }
        return false;
    }

    /// Whether a hit is one to look at twice. The node believes itself, where it has measured rows.
    private boolean isOpen(long base, long hit) {
        int peer = slots.peerOf(hit);
        boolean adc = slots.isAdc(base, peer);
        boolean wanted = peer == LOCAL ? adc : adc || slots.getInt(base, RERANK) > 0;
        return wanted && slots.stateOf(hit) == TOLD && (peer == LOCAL || encoding != null);
    }

    private void measureOwn(long base) {
        local.decode(slots, base);
        for (int i = find(base, LOCAL, WANTED); i >= 0; i = find(base, LOCAL, WANTED)) {
            long hit = slots.hitAt(base, i);
            settle(base, i, local.load(slots.idOf(hit), vector, 0), 0);
        }
    }

    /// Sends the wishes that have not been sent.
    int send(long base, long nowNs) {
        if (slots.getInt(base, UNSENT_WISHES) == 0) {
            return 0;
        }
        int work = 0;
        boolean all = true;
        int chosen = slots.getInt(base, CHOSEN);
        for (int peer = 0; peer < chosen; peer++) {
            wish.collect(base, peer, nowNs);
            if (wish.size() > 0) {
                long handle =
                        slots.memory.get(SearchSlots.LONG, slots.peerAt(base, peer) + PEER_HANDLE);
                if (outbox.send(handle, wish)) {
                    change(base, peer, WANTED, FETCHING);
                    work++;
                } else {
                    counters.sendsRefused++;
                    all = false;
                }
            }
        }
        slots.set(base, UNSENT_WISHES, all ? 0 : 1);
        return work;
    }

    boolean hasUnsent(long base) {
        return slots.getInt(base, UNSENT_WISHES) != 0;
    }

    /// Takes what a peer gave; what was not wished for is counted and dropped.
    void onVectors(long base, int peer, VectorResponse in) {
        boolean sound =
                in.status() != SearchStatus.OK
                        || (in.dimensions() == local.dimensions() && in.encoding() == encoding);
        if (!sound) {
            counters.rejected++;
        }
        if (!sound || in.status() != SearchStatus.OK) {
            lose(base, peer);
            return;
        }
        local.decode(slots, base);
        for (int i = 0; i < in.size(); i++) {
            int hit = find(base, peer, FETCHING, in.idAt(i));
            if (hit < 0) {
                counters.rejected++;
            } else {
                float scale = 0;
                if (in.stateAt(i) == VectorState.THERE) {
                    decode(in, i);
                    scale = encoding == QueryEncoding.INT8 ? in.scaleAt(i) : 0;
                }
                settle(base, hit, in.stateAt(i), scale);
            }
        }
    }

    private void decode(VectorResponse in, int index) {
        int words = (encoding.encodedBytes(local.dimensions()) + 7) / Long.BYTES;
        for (int word = 0; word < words; word++) {
            encoded.set(WORD, (long) word * Long.BYTES, in.vectorWordAt(index, word));
        }
        encoding.decode(encoded, 0, in.scaleAt(index), local.dimensions(), vector, 0);
    }

    private void settle(long base, int index, VectorState state, float scale) {
        switch (state) {
            case GONE -> slots.removeHit(base, index);
            case CODE_ONLY -> slots.setState(slots.hitAt(base, index), SearchSlots.CODE_ONLY);
            case THERE -> measure(base, index, scale);
        }
    }

    /// Puts a hit where its vector says that it belongs; out, if that is no vector of the space.
    private void measure(long base, int index, float scale) {
        long hit = slots.hitAt(base, index);
        long id = slots.idOf(hit);
        int peer = slots.peerOf(hit);
        float told = slots.toldOf(hit);
        float distance = distance();
        slots.removeHit(base, index);
        counters.vectorsMeasured++;
        double slack = honesty.slack(slots.errorOf(base, peer), scale);
        boolean isVector = local.metric().admits(distance);
        if (!isVector || honesty.isMisstated(told, distance, local.query(), vector, slack)) {
            slots.add(base, MISSTATED, 1);
            counters.misstated++;
        }
        if (isVector) {
            slots.insertHit(base, distance, id, peer, told, MEASURED);
        }
    }

    /// NaN if what has come is no vector.
    private float distance() {
        try {
            Vectors.checkFinite("vector", vector, 0, local.dimensions());
            return space.distance(local.query(), 0, vector, 0);
        } catch (IllegalArgumentException notAVector) {
            return Float.NaN;
        }
    }

    /// Waits no more for the vectors of a peer.
    void lose(long base, int peer) {
        change(base, peer, WANTED, MISSED);
        change(base, peer, FETCHING, MISSED);
    }

    /// Leaves the best k, and counts the vectors that have not come.
    void conclude(long base) {
        int size = slots.getInt(base, HITS);
        int missing = 0;
        for (int i = 0; i < size; i++) {
            int state = slots.stateOf(slots.hitAt(base, i));
            missing += state == WANTED || state == FETCHING || state == MISSED ? 1 : 0;
        }
        slots.set(base, VECTORS_MISSING, missing);
        slots.set(base, HITS, Math.min(size, slots.getInt(base, K)));
    }

    private boolean has(long base, int state, int orState) {
        int size = slots.getInt(base, ROUNDS) == 0 ? 0 : slots.getInt(base, HITS);
        for (int i = 0; i < size; i++) {
            int its = slots.stateOf(slots.hitAt(base, i));
            if (its == state || its == orState) {
                return true;
            }
        }
        return false;
    }

    private void change(long base, int peer, int from, int to) {
        int size = slots.getInt(base, HITS);
        for (int i = 0; i < size; i++) {
            long hit = slots.hitAt(base, i);
            if (slots.peerOf(hit) == peer && slots.stateOf(hit) == from) {
                slots.setState(hit, to);
            }
        }
    }

    private int find(long base, int peer, int state) {
        int size = slots.getInt(base, HITS);
        for (int i = 0; i < size; i++) {
            long hit = slots.hitAt(base, i);
            if (slots.peerOf(hit) == peer && slots.stateOf(hit) == state) {
                return i;
            }
        }
        return -1;
    }

    private int find(long base, int peer, int state, long id) {
        int size = slots.getInt(base, HITS);
        for (int i = 0; i < size; i++) {
            long hit = slots.hitAt(base, i);
            if (slots.idOf(hit) == id && slots.peerOf(hit) == peer && slots.stateOf(hit) == state) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /// The outbound wish: the hits of one peer that are wanted.
    private final class Wish implements VectorRequest {

        private final PeerDescriptor self;
        private final long[] ids;
        private long base;
        private long nowNs;
        private int size;

        Wish(PeerDescriptor self, int most) {
            this.self = self;
            ids = new long[most];
        }

        void collect(long base, int peer, long nowNs) {
            this.base = base;
            this.nowNs = nowNs;
            size = 0;
            int hits = slots.getInt(base, HITS);
            for (int i = 0; i < hits; i++) {
                long hit = slots.hitAt(base, i);
                if (slots.peerOf(hit) == peer && slots.stateOf(hit) == WANTED) {
                    // Nobody has more hits than k, which is no more than there is room for.
                    ids[size++] = slots.idOf(hit);
                }
            }
        }

        @Override
        public long requestId() {
            return slots.getLong(base, REQUEST_ID);
        }

        @Override
        public void asker(PeerDescriptor into) {
            OutgoingQuery.copy(self, into);
        }

        @Override
        public long budgetNs() {
            return Math.max(0, slots.getLong(base, DEADLINE) - nowNs);
        }

        @Override
        public int dimensions() {
            return local.dimensions();
        }

        @Override
        public QueryEncoding encoding() {
            return encoding;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public long idAt(int index) {
            return ids[index];
        }
    }
}
