package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.GossipState.ACCEPTED_COUNT;
import static ai.bytesandbrains.engine.gossip.GossipState.ACCEPTED_CURSOR;
import static ai.bytesandbrains.engine.gossip.GossipState.INT;
import static ai.bytesandbrains.engine.gossip.GossipState.JOINS_COUNT;
import static ai.bytesandbrains.engine.gossip.GossipState.JOINS_CURSOR;
import static ai.bytesandbrains.engine.gossip.GossipState.LAST_JOIN;
import static ai.bytesandbrains.engine.gossip.GossipState.LONG;
import static ai.bytesandbrains.engine.gossip.GossipState.SHORT_ANSWERS;
import static ai.bytesandbrains.engine.gossip.GossipState.WINDOW_START;

import ai.bytesandbrains.engine.overlay.KeyedHash;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Flyweight over the budgets of a slot: what strangers may make a node do.
///
/// - One exchange of one sender in T/2, and a fixed number of all senders in T: the times of the
///   last accepted ones are remembered, so the bound holds for every window of T, not just for
///   some.
/// - One join of one sender in T/2, and a fixed number of all senders in T, in the same way, but in
///   six bytes a join: a hash of the sender and the time in ticks, so that a node stays small. A
///   tick is some ten-thousandth of T, and a limit lasts two of them longer at the most.
/// - One short answer (BUSY, or the name of somebody else) of one sender in T/16, and 64 of all
///   senders: each sender has one of 64 bits, whose bit it is changes with the window. So a sender
///   that repeats itself uses up its own bit and one in 64 of the others' chances, and nobody can
///   choose whose chance.
///
/// Asking and recording are apart: only what was really answered is recorded.
final class Admission {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final int ENTRY_BYTES = 2 * Long.BYTES;

    /// At least 8,192 ticks in T, and fewer than 16,384 unless T is shorter: two periods are well
    /// below what 16 bits count.
    private static final int TICK_SHIFT = 13;

    private static final int TICK_MASK = 0xffff;

    /// Sixteen windows of short answers in T.
    private static final int SHORT_WINDOW_SHIFT = 4;

    /// The six uppermost bits of a hash number the 64 bits of a word.
    private static final int BIT_SHIFT = Long.SIZE - 6;

    private static final long HASH_FACTOR = 0x9E3779B97F4A7C15L;

    private final MemorySegment memory;
    private final int offset;
    private final int joinsOffset;
    private final int joinTimesOffset;
    private final int exchangesPerPeriod;
    private final int joinsPerPeriod;
    private final long periodNs;
    private final long tickNs;
    private final long shortWindowNs;
    private long base;

    Admission(GossipState state, GossipConfig config) {
        memory = state.memory;
        offset = state.acceptedOffset;
        exchangesPerPeriod = config.exchangesPerPeriod();
        joinsPerPeriod = config.joinsPerPeriod();
        periodNs = config.periodNs();
        tickNs = Math.max(1, periodNs >> TICK_SHIFT);
        shortWindowNs = Math.max(1, periodNs >> SHORT_WINDOW_SHIFT);
        joinsOffset = state.joinsOffset;
        joinTimesOffset = joinsOffset + joinsPerPeriod * Integer.BYTES;
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

    /// Whether a join of this sender was answered less than half a period ago.
    boolean isRepeatedJoin(long sender, long nowNs) {
        int hash = hashOf(sender);
        for (int back = countJoins(nowNs); back > 0; back--) {
            int index = joinBefore(back);
            if (memory.get(INT, base + joinsOffset + (long) index * Integer.BYTES) == hash
                    && isYounger(index, periodNs / 2, nowNs)) {
                return true;
            }
        }
        return false;
    }

    boolean allowsJoin(long nowNs) {
        return countJoins(nowNs) < joinsPerPeriod;
    }

    /// Remembers an allowed join.
    void recordJoin(long sender, long nowNs) {
        int cursor = memory.get(INT, base + JOINS_CURSOR);
        memory.set(INT, base + joinsOffset + (long) cursor * Integer.BYTES, hashOf(sender));
        memory.set(
                SHORT, base + joinTimesOffset + (long) cursor * Short.BYTES, (short) tickOf(nowNs));
        memory.set(INT, base + JOINS_CURSOR, (cursor + 1) % joinsPerPeriod);
        int count = memory.get(INT, base + JOINS_COUNT);
        memory.set(INT, base + JOINS_COUNT, Math.min(count + 1, joinsPerPeriod));
        memory.set(LONG, base + LAST_JOIN, nowNs);
    }

    /// Whether a sender that cannot be served may be told so now.
    boolean allowsShortAnswer(long sender, long nowNs) {
        if (nowNs - memory.get(LONG, base + WINDOW_START) >= shortWindowNs) {
            memory.set(LONG, base + WINDOW_START, nowNs);
            memory.set(LONG, base + SHORT_ANSWERS, 0);
        }
        return (memory.get(LONG, base + SHORT_ANSWERS) & bitOf(sender)) == 0;
    }

    /// Remembers an allowed short answer.
    void recordShortAnswer(long sender) {
        long answered = memory.get(LONG, base + SHORT_ANSWERS);
        memory.set(LONG, base + SHORT_ANSWERS, answered | bitOf(sender));
    }

    private long bitOf(long sender) {
        return 1L << (KeyedHash.mix(sender ^ memory.get(LONG, base + WINDOW_START)) >>> BIT_SHIFT);
    }

    /// Forgets the joins of more than a period ago, and counts the others. What is left is younger
    /// than two periods even if nobody asks for a while: the last one tells whether any is.
    private int countJoins(long nowNs) {
        int count = memory.get(INT, base + JOINS_COUNT);
        if (nowNs - memory.get(LONG, base + LAST_JOIN) >= periodNs) {
            count = 0;
        }
        while (count > 0 && !isYounger(joinBefore(count), periodNs, nowNs)) {
            count--;
        }
        memory.set(INT, base + JOINS_COUNT, count);
        return count;
    }

    /// The place of the last join, of the one before that, and so on: from 1 to their number.
    private int joinBefore(int back) {
        return Math.floorMod(memory.get(INT, base + JOINS_CURSOR) - back, joinsPerPeriod);
    }

    /// True for every age below the span, which is what the limits are about.
    private boolean isYounger(int join, long spanNs, long nowNs) {
        int tick = memory.get(SHORT, base + joinTimesOffset + (long) join * Short.BYTES);
        return ((tickOf(nowNs) - tick) & TICK_MASK) <= Math.ceilDiv(spanNs, tickNs);
    }

    private int tickOf(long nowNs) {
        return (int) Math.floorDiv(nowNs, tickNs) & TICK_MASK;
    }

    private static int hashOf(long sender) {
        return (int) ((sender * HASH_FACTOR) >>> Integer.SIZE);
    }
}
