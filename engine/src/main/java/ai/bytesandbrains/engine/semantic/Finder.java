package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.FindOperations.ANSWERED;
import static ai.bytesandbrains.engine.semantic.FindOperations.ASKED;
import static ai.bytesandbrains.engine.semantic.FindOperations.BEAM;
import static ai.bytesandbrains.engine.semantic.FindOperations.DEADLINE;
import static ai.bytesandbrains.engine.semantic.FindOperations.END;
import static ai.bytesandbrains.engine.semantic.FindOperations.FARTHEST;
import static ai.bytesandbrains.engine.semantic.FindOperations.INT;
import static ai.bytesandbrains.engine.semantic.FindOperations.LATE;
import static ai.bytesandbrains.engine.semantic.FindOperations.LONG;
import static ai.bytesandbrains.engine.semantic.FindOperations.MOST_ASKED;
import static ai.bytesandbrains.engine.semantic.FindOperations.NEW;
import static ai.bytesandbrains.engine.semantic.FindOperations.NODE;
import static ai.bytesandbrains.engine.semantic.FindOperations.REPLIED;
import static ai.bytesandbrains.engine.semantic.FindOperations.REQUEST_ID;
import static ai.bytesandbrains.engine.semantic.FindOperations.ROW;
import static ai.bytesandbrains.engine.semantic.FindOperations.SILENT;
import static ai.bytesandbrains.engine.semantic.FindOperations.SLOWEST;
import static ai.bytesandbrains.engine.semantic.FindOperations.WAITING;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

/// The finds of nodes on their way: a beam search over the overlay. Of all peers heard of, the best
/// that have not been asked yet are asked, a few at a time, for those that they know to be better;
/// it ends when the best L have all answered.
///
/// A message may be lost: who does not answer is asked again, twice at most, while the next best
/// are asked as if it were dead.
final class Finder {

    /// Peers asked at the same time: a few more than needed are asked, and none is waited for
    /// alone.
    private static final int PARALLEL = 3;

    /// An answer is waited for during this part of the time in which exchanges are answered.
    private static final int PATIENCE = 4;

    /// Once so many have answered, others are asked again after so many times what the slowest
    /// answer took, but not sooner than after this part of the patience.
    private static final int ANSWERS_TO_JUDGE_BY = 3;

    private static final int TIMES_SLOWEST = 2;
    private static final int LEAST_PATIENCE = 8;

    /// Who has been asked so often and has not answered is passed over.
    private static final int MAX_TRIES = 3;

    /// Random peers to begin with where a node knows no profile.
    private static final int FIRST_RANDOM = 3;

    private static final long FAR_NS = 1L << 60;

    private final FindOperations operations;
    private final MemorySegment memory;
    private final BoundNode node;
    private final ProfileSpace space;
    private final PeerTable table;
    private final RandomPeers randomPeers;
    private final RandomGenerator random;
    private final SemanticCounters counters;
    private final OutgoingMessage message;
    private final IncomingEntries incoming;
    private final FindCandidates candidates;
    private final long patienceNs;
    private final long[] running;
    private int runningCount;

    Finder(
            FindOperations operations,
            BoundNode node,
            ProfileSpace space,
            PeerTable table,
            RandomPeers randomPeers,
            RandomGenerator random,
            SemanticCounters counters,
            OutgoingMessage message,
            IncomingEntries incoming) {
        this.operations = operations;
        this.memory = operations.memory;
        this.node = node;
        this.space = space;
        this.table = table;
        this.randomPeers = randomPeers;
        this.random = random;
        this.counters = counters;
        this.message = message;
        this.incoming = incoming;
        candidates = new FindCandidates(operations, table);
        patienceNs = Math.max(1, operations.config.requestTimeoutNs() / PATIENCE);
        running = new long[operations.capacity];
    }

    void start(int slot, long op, long nowNs) {
        if (operations.table().isAbandoned(op)) {
            operations.table().complete(op);
            return;
        }
        long base = operations.baseOf(op);
        running[runningCount++] = op;
        counters.findsStarted++;
        memory.set(INT, base + NODE, slot);
        memory.set(LONG, base + REQUEST_ID, random.nextLong());
        space.prepare(memory, base + ROW, memory, base + operations.preparedOffset);
        candidates.bind(base);
        for (int profile = 0; profile < operations.config.profiles(); profile++) {
            consider(base, node.view(profile));
        }
        consider(base, node.seen.list);
        for (int i = 0; i < FIRST_RANDOM && candidates.size() == 0; i++) {
            long peer = randomPeers.select(slot);
            if (peer != PeerTable.NULL_PEER && peer != node.self()) {
                candidates.insert(peer, Float.MAX_VALUE, 0);
            }
        }
        proceed(runningCount - 1, nowNs);
    }

    int poll(int slot, long nowNs) {
        int work = 0;
        for (int i = runningCount - 1; i >= 0; i--) {
            long base = operations.baseOf(running[i]);
            if (memory.get(INT, base + NODE) == slot) {
                work += lookAfterLate(base, nowNs) + proceed(i, nowNs);
            }
        }
        return work;
    }

    long waitNs(int slot, long nowNs) {
        long wait = FAR_NS;
        for (int i = 0; i < runningCount; i++) {
            long base = operations.baseOf(running[i]);
            if (memory.get(INT, base + NODE) == slot) {
                wait = Math.min(wait, memory.get(LONG, base + DEADLINE) - nowNs);
                wait = operations.table().isAbandoned(running[i]) ? 0 : wait;
                candidates.bind(base);
                int awaited = 0;
                for (int c = 0; c < candidates.size(); c++) {
                    if (candidates.isAwaited(c)) {
                        awaited++;
                        wait = Math.min(wait, candidates.askedAt(c) + patienceNs(base) - nowNs);
                    }
                }
                // Something is left to ask, and the transport did not take it.
                wait = awaited == 0 ? 0 : wait;
            }
        }
        return wait;
    }

    int onFound(int slot, long from, SemanticMessage in, long nowNs) {
        for (int i = 0; i < runningCount; i++) {
            long base = operations.baseOf(running[i]);
            if (memory.get(LONG, base + REQUEST_ID) == in.requestId()
                    && memory.get(INT, base + NODE) == slot) {
                int index = candidates.bind(base).indexOf(from);
                int state = index < 0 ? NEW : candidates.stateAt(index);
                if (state != NEW && state != REPLIED) {
                    take(base, index, from, in, nowNs);
                    proceed(i, nowNs);
                    return 1;
                }
            }
        }
        counters.unsolicited++;
        return 0;
    }

    void onConnectionFailed(int slot, long peer) {
        for (int i = 0; i < runningCount; i++) {
            long base = operations.baseOf(running[i]);
            candidates.bind(base);
            int index = memory.get(INT, base + NODE) == slot ? candidates.indexOf(peer) : -1;
            if (index >= 0) {
                candidates.setState(index, SILENT);
            }
        }
    }

    /// Ends the finds of a node with what they have.
    void stop(int slot, long nowNs) {
        for (int i = runningCount - 1; i >= 0; i--) {
            if (memory.get(INT, operations.baseOf(running[i]) + NODE) == slot) {
                conclude(i, nowNs);
            }
        }
    }

    private void take(long base, int index, long from, SemanticMessage in, long nowNs) {
        int hop = candidates.hopAt(index);
        if (candidates.triesAt(index) == 1) {
            long tookNs = nowNs - candidates.askedAt(index);
            memory.set(LONG, base + SLOWEST, Math.max(tookNs, memory.get(LONG, base + SLOWEST)));
        }
        candidates.setState(index, REPLIED);
        increment(base + ANSWERED);
        node.failed.forgive(table.shortIdOf(from));
        incoming.read(in, node, from, true, nowNs);
        boolean corrected = false;
        for (int i = 0; i < incoming.list.size(); i++) {
            float key = keyOf(base, incoming.list, i);
            if (!incoming.list.is(EntryList.DIRECT, i)) {
                candidates.insert(incoming.list.peerAt(i), key, hop + 1);
            } else if (!corrected) {
                // What others said of it does not count any more.
                corrected = true;
                candidates.move(candidates.indexOf(from), key);
            }
            node.see(incoming.list, i);
        }
        incoming.release();
    }

    /// Asks the best that have not been asked, or ends the find.
    private int proceed(int run, long nowNs) {
        long op = running[run];
        long base = operations.baseOf(op);
        candidates.bind(base);
        if (nowNs - memory.get(LONG, base + DEADLINE) >= 0 || operations.table().isAbandoned(op)) {
            conclude(run, nowNs);
            return 1;
        }
        int beam = memory.get(INT, base + BEAM);
        int waiting = count(WAITING);
        int work = 0;
        int rank = 0;
        boolean refused = false;
        for (int i = 0; i < candidates.size() && rank < beam; i++) {
            int state = candidates.stateAt(i);
            rank += state == SILENT || state == LATE ? 0 : 1;
            boolean mayAsk = memory.get(INT, base + ASKED) < memory.get(INT, base + MOST_ASKED);
            if (state == NEW && mayAsk && waiting < PARALLEL && !refused) {
                refused = !ask(base, i, nowNs);
                waiting += refused ? 0 : 1;
                work += refused ? 0 : 1;
            }
        }
        if (waiting == 0 && !refused && count(LATE) == 0) {
            conclude(run, nowNs);
            work++;
        }
        return work;
    }

    private boolean ask(long base, int index, long nowNs) {
        if (!send(base, index)) {
            return false;
        }
        candidates.ask(index, nowNs);
        increment(base + ASKED);
        return true;
    }

    private boolean send(long base, int index) {
        message.begin(SemanticKind.FIND, memory.get(LONG, base + REQUEST_ID), node.self());
        message.ask(
                operations.config.messageEntries(),
                memory.get(INT, base + FARTHEST) != 0,
                memory,
                base + ROW);
        return message.send(candidates.peerAt(index));
    }

    /// Asks those again whose answers should have come; gives them up if that was done before.
    private int lookAfterLate(long base, long nowNs) {
        candidates.bind(base);
        long mostNs = patienceNs(base);
        int work = 0;
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.isAwaited(i) && nowNs - candidates.askedAt(i) >= mostNs) {
                work++;
                if (candidates.triesAt(i) >= MAX_TRIES) {
                    candidates.setState(i, SILENT);
                    giveUp(candidates.peerAt(i), mostNs == patienceNs);
                } else if (send(base, i)) {
                    candidates.ask(i, nowNs);
                    candidates.setState(i, LATE);
                }
            }
        }
        return work;
    }

    /// How long an answer is waited for: where others answer fast, a message that has not been
    /// answered is likely to be lost.
    private long patienceNs(long base) {
        if (memory.get(INT, base + ANSWERED) < ANSWERS_TO_JUDGE_BY) {
            return patienceNs;
        }
        long slowNs = TIMES_SLOWEST * memory.get(LONG, base + SLOWEST);
        return Math.clamp(slowNs, Math.max(1, patienceNs / LEAST_PATIENCE), patienceNs);
    }

    /// A peer that was silent three times is dead. If that took less than the usual patience it may
    /// only be slow, and the next exchange shows which.
    private void giveUp(long peer, boolean wasGivenTime) {
        if (wasGivenTime) {
            node.failed.bury(table.shortIdOf(peer));
            node.remove(peer);
            counters.deaths++;
        } else {
            node.suspect(peer);
        }
    }

    private void consider(long base, EntryList list) {
        for (int i = 0; i < list.size(); i++) {
            candidates.insert(list.peerAt(i), keyOf(base, list, i), 0);
        }
    }

    private float keyOf(long base, EntryList list, int index) {
        float distance =
                space.distance(
                        memory, base + operations.preparedOffset, list.memory(), list.rowAt(index));
        return memory.get(INT, base + FARTHEST) == 0 ? distance : -distance;
    }

    /// Ends a find with what it has.
    private void conclude(int run, long nowNs) {
        long op = running[run];
        long base = operations.baseOf(op);
        candidates.bind(base).conclude();
        memory.set(LONG, base + END, nowNs);
        running[run] = running[--runningCount];
        operations.table().complete(op);
    }

    private int count(int state) {
        int count = 0;
        for (int i = 0; i < candidates.size(); i++) {
            count += candidates.stateAt(i) == state ? 1 : 0;
        }
        return count;
    }

    private void increment(long at) {
        memory.set(INT, at, memory.get(INT, at) + 1);
    }
}
