package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.GossipState.ACCEPTED_COUNT;
import static ai.bytesandbrains.engine.gossip.GossipState.ACCEPTED_CURSOR;
import static ai.bytesandbrains.engine.gossip.GossipState.INT;
import static ai.bytesandbrains.engine.gossip.GossipState.LONG;
import static ai.bytesandbrains.engine.gossip.GossipState.WINDOW_BUSY;
import static ai.bytesandbrains.engine.gossip.GossipState.WINDOW_JOINS;
import static ai.bytesandbrains.engine.gossip.GossipState.WINDOW_START;

import java.lang.foreign.MemorySegment;

/// Flyweight over the budgets of a slot: what strangers may make a node do.
///
/// - One exchange of one sender in T/2, and a fixed number of all senders in T: the times of the
///   last accepted ones are remembered, so the bound holds for every window of T, not just for
///   some.
/// - Joins, and BUSY answers, are counted in windows of T.
///
/// Asking and recording are apart: only what was really answered is recorded.
final class Admission {

    private static final int ENTRY_BYTES = 2 * Long.BYTES;

    private final MemorySegment memory;
    private final int offset;
    private final int exchangesPerPeriod;
    private final int joinsPerPeriod;
    private final long periodNs;
    private long base;

    Admission(GossipState state, GossipConfig config) {
        memory = state.memory;
        offset = state.acceptedOffset;
        exchangesPerPeriod = config.exchangesPerPeriod();
        joinsPerPeriod = config.joinsPerPeriod();
        periodNs = config.periodNs();
    }

    void bind(long base) {
        this.base = base;
    }

    boolean allowsExchange(long sender, long nowNs) {
        int count = memory.get(INT, base + ACCEPTED_COUNT);
        int inPeriod = 0;
        for (int i = 0; i < count; i++) {
            long entry = base + offset + (long) i * ENTRY_BYTES;
            long age = nowNs - memory.get(LONG, entry + Long.BYTES);
            if (age < periodNs) {
                inPeriod++;
                if (memory.get(LONG, entry) == sender && age < periodNs / 2) {
                    return false;
                }
            }
        }
        return inPeriod < exchangesPerPeriod;
    }

    void recordExchange(long sender, long nowNs) {
        int cursor = memory.get(INT, base + ACCEPTED_CURSOR);
        long entry = base + offset + (long) cursor * ENTRY_BYTES;
        memory.set(LONG, entry, sender);
        memory.set(LONG, entry + Long.BYTES, nowNs);
        memory.set(INT, base + ACCEPTED_CURSOR, (cursor + 1) % exchangesPerPeriod);
        int count = memory.get(INT, base + ACCEPTED_COUNT);
        memory.set(INT, base + ACCEPTED_COUNT, Math.min(count + 1, exchangesPerPeriod));
    }

    boolean allowsJoin(long nowNs) {
        return inWindow(WINDOW_JOINS, nowNs) < joinsPerPeriod;
    }

    void recordJoin() {
        increment(WINDOW_JOINS);
    }

    boolean allowsBusy(long nowNs) {
        return inWindow(WINDOW_BUSY, nowNs) < joinsPerPeriod;
    }

    void recordBusy() {
        increment(WINDOW_BUSY);
    }

    private int inWindow(int counter, long nowNs) {
        if (nowNs - memory.get(LONG, base + WINDOW_START) >= periodNs) {
            memory.set(LONG, base + WINDOW_START, nowNs);
            memory.set(INT, base + WINDOW_JOINS, 0);
            memory.set(INT, base + WINDOW_BUSY, 0);
        }
        return memory.get(INT, base + counter);
    }

    private void increment(int counter) {
        memory.set(INT, base + counter, memory.get(INT, base + counter) + 1);
    }
}
