package ai.bytesandbrains.engine.gossip;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The memory of the protocol: one fixed-size slot for each node, off-heap. A real node has a state
/// of one slot, a simulation one of a million.
///
/// A slot, with c = view size, R = reserve size, Q = concurrent requests, A = exchanges accepted in
/// a period, J = joins answered in a period, D = seeds, m = peers in a message (c/2 by default), E
/// = longs of the exchange (none by default); every part is aligned to 8 bytes, and what most calls
/// want comes first, since a million slots are far more than the caches hold:
///
/// ```
///   0  own handle 8
///   8  time of the next exchange 8
///  16  time of the next join request 8
///  24  join state 4, view length 4
///  32  reserve length 4, reserve cursor 4
///  40  seeds 4, seed cursor 4
///  48  partner that was busy last 8
///  56  start of the window of short answers 8
///  64  joins remembered 4, times the node has asked to join 4
///  72  accepted exchanges remembered 4, cursor 4
///  80  exchanges made 4, cursor of the failed 4
///  88  joins answered 4, joins refused 4: by seed peers, to this node
///  96  senders that got a short answer in the window, a bit each 8
/// 104  time of the last join answered 8
/// 112  cursor of the joins 4, failed peers remembered 4
/// 120  own short id 8
/// 128  requests in use, a bit each 8
/// 136  view      c x { handle 8 }, c x { age 4 }, c x { hits 4 }
///      accepted  A x { short id 8, time 8 }
///      reserve   R x { handle 8 }
///      requests  Q x { id 8, partner 8, start 8, sent at all 4, kind 4, retried 4, sent 4,
///                      m x handle 8 }
///      seeds     D x { handle 8 }
///      failed    c x { short id 8, exchanges made by then 4, failures in a row 4 }
///      exchange  E x 8
///      joins     J x { hash of the short id 4 }, J x { time 2 }
/// ```
///
/// Owned by whoever made it, who closes it; not thread-safe. One logic at a time works on it: it
/// may have a copy of what it worked on last.
public final class GossipState implements AutoCloseable {

    // Every place is aligned. The layouts that do not check it make less code of an access, and the
    // compiler inlines only so much of that into a call of the protocol.
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    static final int SELF = 0;
    static final int NEXT_EXCHANGE = 8;
    static final int NEXT_JOIN = 16;
    static final int JOIN_STATE = 24;
    static final int VIEW_LENGTH = 28;
    static final int RESERVE_LENGTH = 32;
    static final int RESERVE_CURSOR = 36;
    static final int SEED_COUNT = 40;
    static final int SEED_CURSOR = 44;
    static final int LAST_BUSY = 48;
    static final int WINDOW_START = 56;
    static final int JOINS_COUNT = 64;
    static final int JOIN_ATTEMPTS = 68;
    static final int ACCEPTED_COUNT = 72;
    static final int ACCEPTED_CURSOR = 76;
    static final int EXCHANGES = 80;
    static final int FAILED_CURSOR = 84;
    static final int JOINS_ANSWERED = 88;
    static final int JOINS_REFUSED = 92;
    static final int SHORT_ANSWERS = 96;
    static final int LAST_JOIN = 104;
    static final int JOINS_CURSOR = 112;
    static final int FAILED_COUNT = 116;
    static final int SELF_ID = 120;
    static final int REQUESTS_USED = 128;
    static final int VIEW = 136;
    static final int REQUEST_HEADER_BYTES = 40;
    static final int JOIN_BYTES = Integer.BYTES + Short.BYTES;

    private static final int CACHE_LINE_BYTES = 64;

    final MemorySegment memory;
    final int agesOffset;
    final int hitsOffset;
    final int reserveOffset;
    final int seedsOffset;
    final int acceptedOffset;
    final int joinsOffset;
    final int failedOffset;
    final int requestsOffset;
    final int requestBytes;
    final int exchangeOffset;
    final int exchangeLongs;

    /// Whether any slot may have a hit in it: most exchanges count none, and have none to clear.
    boolean hasHits;

    private final Arena arena = Arena.ofShared();
    private final GossipConfig config;
    private final int seldomUsedOffset;
    private final int slotBytes;
    private final int slots;

    /// Allocates zeroed slots.
    ///
    /// @param config decides the size of a slot
    /// @param slots how many, from 1
    /// @throws IllegalArgumentException if `slots` is not positive
    public GossipState(GossipConfig config, int slots) {
        if (slots < 1) {
            throw new IllegalArgumentException("slots=" + slots + ": expected at least 1");
        }
        this.config = config;
        agesOffset = VIEW + config.viewSize() * Long.BYTES;
        hitsOffset = agesOffset + config.viewSize() * Integer.BYTES;
        acceptedOffset = hitsOffset + config.viewSize() * Integer.BYTES;
        reserveOffset = acceptedOffset + config.exchangesPerPeriod() * 2 * Long.BYTES;
        requestsOffset = reserveOffset + config.reserveSize() * Long.BYTES;
        requestBytes = REQUEST_HEADER_BYTES + config.exchangeSize() * Long.BYTES;
        // Requests are used from the first on, and there is hardly ever more than one.
        seldomUsedOffset = requestsOffset + requestBytes;
        seedsOffset = requestsOffset + config.maxConcurrentRequests() * requestBytes;
        failedOffset = seedsOffset + config.maxSeeds() * Long.BYTES;
        exchangeOffset = failedOffset + config.viewSize() * 2 * Long.BYTES;
        exchangeLongs = config.exchange().stateLongs(config.viewSize());
        joinsOffset = exchangeOffset + exchangeLongs * Long.BYTES;
        slotBytes = joinsOffset + aligned(config.joinsPerPeriod() * JOIN_BYTES);
        this.slots = slots;
        memory = arena.allocate((long) slots * slotBytes, 64);
    }

    /// {@return how many bytes the state of one node takes}
    public int bytesPerNode() {
        return slotBytes;
    }

    /// {@return how many slots there are}
    public int slots() {
        return slots;
    }

    int viewSize() {
        return config.viewSize();
    }

    /// Views of one size in the memory of another would run into the next node's.
    void checkMadeFor(GossipConfig other) {
        boolean same =
                config.viewSize() == other.viewSize()
                        && config.reserveSize() == other.reserveSize()
                        && config.maxSeeds() == other.maxSeeds()
                        && config.exchange().equals(other.exchange())
                        && config.exchangesPerPeriod() == other.exchangesPerPeriod()
                        && config.joinsPerPeriod() == other.joinsPerPeriod()
                        && config.maxConcurrentRequests() == other.maxConcurrentRequests();
        if (!same) {
            throw new IllegalArgumentException(
                    "config=%s: the state was made for config=%s".formatted(other, config));
        }
    }

    /// Reads each cache line of what most calls want of a slot.
    long touch(int slot) {
        long base = baseOf(slot);
        long sum = 0;
        for (int offset = 0; offset < seldomUsedOffset; offset += CACHE_LINE_BYTES) {
            sum += memory.get(LONG, base + offset);
        }
        return sum;
    }

    void clear(int slot) {
        memory.asSlice(baseOf(slot), slotBytes).fill((byte) 0);
    }

    long baseOf(int slot) {
        return (long) slot * slotBytes;
    }

    private static int aligned(int bytes) {
        return (bytes + Long.BYTES - 1) & -Long.BYTES;
    }

    /// Frees the memory. Protocols over it throw afterwards; closing twice is allowed.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
