package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.FindOperations.ANSWERED;
import static ai.bytesandbrains.engine.semantic.FindOperations.ASKED;
import static ai.bytesandbrains.engine.semantic.FindOperations.ASKED_AT;
import static ai.bytesandbrains.engine.semantic.FindOperations.BEAM;
import static ai.bytesandbrains.engine.semantic.FindOperations.CANDIDATES;
import static ai.bytesandbrains.engine.semantic.FindOperations.CANDIDATE_BYTES;
import static ai.bytesandbrains.engine.semantic.FindOperations.DEADLINE;
import static ai.bytesandbrains.engine.semantic.FindOperations.END;
import static ai.bytesandbrains.engine.semantic.FindOperations.FARTHEST;
import static ai.bytesandbrains.engine.semantic.FindOperations.FLOAT;
import static ai.bytesandbrains.engine.semantic.FindOperations.HANDLE;
import static ai.bytesandbrains.engine.semantic.FindOperations.HOP;
import static ai.bytesandbrains.engine.semantic.FindOperations.HOPS;
import static ai.bytesandbrains.engine.semantic.FindOperations.INT;
import static ai.bytesandbrains.engine.semantic.FindOperations.KEY;
import static ai.bytesandbrains.engine.semantic.FindOperations.LONG;
import static ai.bytesandbrains.engine.semantic.FindOperations.MAX_CANDIDATES;
import static ai.bytesandbrains.engine.semantic.FindOperations.MOST_ASKED;
import static ai.bytesandbrains.engine.semantic.FindOperations.NEW;
import static ai.bytesandbrains.engine.semantic.FindOperations.NODE;
import static ai.bytesandbrains.engine.semantic.FindOperations.REPLIED;
import static ai.bytesandbrains.engine.semantic.FindOperations.REQUEST_ID;
import static ai.bytesandbrains.engine.semantic.FindOperations.ROW;
import static ai.bytesandbrains.engine.semantic.FindOperations.SHORT;
import static ai.bytesandbrains.engine.semantic.FindOperations.SILENT;
import static ai.bytesandbrains.engine.semantic.FindOperations.STATE;
import static ai.bytesandbrains.engine.semantic.FindOperations.WAITING;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

/// The finds of nodes on their way: a beam search over the overlay. Of all peers heard of, the best
/// that have not been asked yet are asked, a few at a time, for those that they know to be better;
/// it ends when the best L have all answered.
///
/// Holds one reference to each candidate of a running find.
final class Finder {

    /// Peers asked at the same time: a few more than needed are asked, and none is waited for
    /// alone.
    private static final int PARALLEL = 3;

    /// A silent peer is passed over after this part of the time in which exchanges are answered.
    private static final int PATIENCE = 4;

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
    private final PeerDescriptor descriptor = new PeerDescriptor();
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
        for (int profile = 0; profile < operations.config.profiles(); profile++) {
            consider(base, node.view(profile));
        }
        consider(base, node.seen);
        for (int i = 0; i < FIRST_RANDOM && memory.get(INT, base + CANDIDATES) == 0; i++) {
            long peer = randomPeers.select(slot);
            if (peer != PeerTable.NULL_PEER && peer != node.self()) {
                insert(base, peer, Float.MAX_VALUE, 0);
            }
        }
        proceed(runningCount - 1, nowNs);
    }

    int poll(int slot, long nowNs) {
        int work = 0;
        for (int i = runningCount - 1; i >= 0; i--) {
            long base = operations.baseOf(running[i]);
            if (memory.get(INT, base + NODE) == slot) {
                passOverSilent(base, nowNs);
                work += proceed(i, nowNs);
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
                int waiting = 0;
                for (int c = 0; c < memory.get(INT, base + CANDIDATES); c++) {
                    long at = operations.candidateAt(base, c);
                    if (stateAt(at) == WAITING) {
                        waiting++;
                        wait = Math.min(wait, memory.get(LONG, at + ASKED_AT) + patienceNs - nowNs);
                    }
                }
                // Something is left to ask, and the transport did not take it.
                wait = waiting == 0 ? 0 : wait;
            }
        }
        return wait;
    }

    int onFound(int slot, long from, SemanticMessage in, long nowNs) {
        for (int i = 0; i < runningCount; i++) {
            long base = operations.baseOf(running[i]);
            if (memory.get(LONG, base + REQUEST_ID) == in.requestId()
                    && memory.get(INT, base + NODE) == slot) {
                int index = indexOf(base, from);
                int state = index < 0 ? NEW : stateAt(operations.candidateAt(base, index));
                if (state == WAITING || state == SILENT) {
                    take(base, index, from, in);
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
            int index = memory.get(INT, base + NODE) == slot ? indexOf(base, peer) : -1;
            if (index >= 0) {
                setState(operations.candidateAt(base, index), SILENT);
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

    private void take(long base, int index, long from, SemanticMessage in) {
        long at = operations.candidateAt(base, index);
        int hop = memory.get(SHORT, at + HOP);
        setState(at, REPLIED);
        increment(base + ANSWERED);
        node.failed.forgive(table.shortIdOf(from));
        incoming.read(in, node, from);
        boolean corrected = false;
        for (int i = 0; i < incoming.list.size(); i++) {
            float key = keyOf(base, incoming.list, i);
            if (!incoming.list.is(EntryList.DIRECT, i)) {
                insert(base, incoming.list.peerAt(i), key, hop + 1);
            } else if (!corrected) {
                // What others said of it does not count any more.
                corrected = true;
                move(base, indexOf(base, from), key);
            }
            node.see(incoming.list, i);
        }
        incoming.release();
    }

    /// Asks the best that have not been asked, or ends the find.
    private int proceed(int run, long nowNs) {
        long op = running[run];
        long base = operations.baseOf(op);
        if (nowNs - memory.get(LONG, base + DEADLINE) >= 0 || operations.table().isAbandoned(op)) {
            conclude(run, nowNs);
            return 1;
        }
        int beam = memory.get(INT, base + BEAM);
        int waiting = countWaiting(base);
        int work = 0;
        int rank = 0;
        boolean refused = false;
        for (int i = 0; i < memory.get(INT, base + CANDIDATES) && rank < beam; i++) {
            long at = operations.candidateAt(base, i);
            int state = stateAt(at);
            rank += state == SILENT ? 0 : 1;
            boolean mayAsk = memory.get(INT, base + ASKED) < memory.get(INT, base + MOST_ASKED);
            if (state == NEW && mayAsk && waiting < PARALLEL && !refused) {
                refused = !ask(base, at, nowNs);
                waiting += refused ? 0 : 1;
                work += refused ? 0 : 1;
            }
        }
        if (waiting == 0 && !refused) {
            conclude(run, nowNs);
            work++;
        }
        return work;
    }

    private boolean ask(long base, long at, long nowNs) {
        message.begin(SemanticKind.FIND, memory.get(LONG, base + REQUEST_ID), node.self());
        message.ask(
                operations.config.messageEntries(),
                memory.get(INT, base + FARTHEST) != 0,
                memory,
                base + ROW);
        if (!message.send(memory.get(LONG, at + HANDLE))) {
            return false;
        }
        setState(at, WAITING);
        memory.set(LONG, at + ASKED_AT, nowNs);
        increment(base + ASKED);
        return true;
    }

    private void passOverSilent(long base, long nowNs) {
        for (int i = 0; i < memory.get(INT, base + CANDIDATES); i++) {
            long at = operations.candidateAt(base, i);
            if (stateAt(at) == WAITING && nowNs - memory.get(LONG, at + ASKED_AT) >= patienceNs) {
                setState(at, SILENT);
            }
        }
    }

    private void consider(long base, EntryList list) {
        for (int i = 0; i < list.size(); i++) {
            insert(base, list.peerAt(i), keyOf(base, list, i), 0);
        }
    }

    private float keyOf(long base, EntryList list, int index) {
        float distance =
                space.distance(
                        memory, base + operations.preparedOffset, list.memory(), list.rowAt(index));
        return memory.get(INT, base + FARTHEST) == 0 ? distance : -distance;
    }

    /// Puts a peer in its place, if there is room for it or it is better than the last.
    private void insert(long base, long peer, float key, int hop) {
        int known = indexOf(base, peer);
        if (known >= 0) {
            long at = operations.candidateAt(base, known);
            if (stateAt(at) != REPLIED && key < memory.get(FLOAT, at + KEY)) {
                move(base, known, key);
            }
            return;
        }
        int size = memory.get(INT, base + CANDIDATES);
        if (size == MAX_CANDIDATES) {
            long last = operations.candidateAt(base, size - 1);
            if (stateAt(last) == WAITING || !(key < memory.get(FLOAT, last + KEY))) {
                return;
            }
            table.release(memory.get(LONG, last + HANDLE));
            size--;
        }
        table.retain(peer);
        table.describe(peer, descriptor);
        long at = operations.candidateAt(base, size);
        memory.set(LONG, at, descriptor.shortId());
        memory.set(LONG, at + 8, descriptor.id1());
        memory.set(LONG, at + 16, descriptor.id2());
        memory.set(LONG, at + 24, descriptor.id3());
        memory.set(LONG, at + HANDLE, peer);
        memory.set(FLOAT, at + KEY, key);
        memory.set(SHORT, at + HOP, (short) hop);
        setState(at, NEW);
        memory.set(INT, base + CANDIDATES, size + 1);
        move(base, size, key);
    }

    /// Gives a candidate another key and the place that goes with it.
    private void move(long base, int index, float key) {
        int at = index;
        memory.set(FLOAT, operations.candidateAt(base, at) + KEY, key);
        while (at > 0 && Float.compare(keyAt(base, at - 1), key) > 0) {
            swap(base, at, at - 1);
            at--;
        }
        int size = memory.get(INT, base + CANDIDATES);
        while (at + 1 < size && Float.compare(keyAt(base, at + 1), key) < 0) {
            swap(base, at, at + 1);
            at++;
        }
    }

    private void swap(long base, int a, int b) {
        long atA = operations.candidateAt(base, a);
        long atB = operations.candidateAt(base, b);
        for (int word = 0; word < CANDIDATE_BYTES; word += Long.BYTES) {
            long held = memory.get(LONG, atA + word);
            memory.set(LONG, atA + word, memory.get(LONG, atB + word));
            memory.set(LONG, atB + word, held);
        }
    }

    /// Ends a find: silent peers are left out, and every reference goes back.
    private void conclude(int run, long nowNs) {
        long op = running[run];
        long base = operations.baseOf(op);
        int size = memory.get(INT, base + CANDIDATES);
        int kept = 0;
        for (int i = 0; i < size; i++) {
            long at = operations.candidateAt(base, i);
            table.release(memory.get(LONG, at + HANDLE));
            boolean unknown = memory.get(FLOAT, at + KEY) == Float.MAX_VALUE;
            if (stateAt(at) != SILENT && !unknown) {
                swap(base, i, kept++);
            }
        }
        memory.set(INT, base + CANDIDATES, kept);
        if (kept > 0) {
            memory.set(INT, base + HOPS, memory.get(SHORT, operations.candidateAt(base, 0) + HOP));
        }
        memory.set(LONG, base + END, nowNs);
        running[run] = running[--runningCount];
        operations.table().complete(op);
    }

    private int countWaiting(long base) {
        int waiting = 0;
        for (int i = 0; i < memory.get(INT, base + CANDIDATES); i++) {
            waiting += stateAt(operations.candidateAt(base, i)) == WAITING ? 1 : 0;
        }
        return waiting;
    }

    private int indexOf(long base, long peer) {
        int size = memory.get(INT, base + CANDIDATES);
        for (int i = 0; i < size; i++) {
            if (memory.get(LONG, operations.candidateAt(base, i) + HANDLE) == peer) {
                return i;
            }
        }
        return -1;
    }

    private float keyAt(long base, int index) {
        return memory.get(FLOAT, operations.candidateAt(base, index) + KEY);
    }

    private int stateAt(long at) {
        return memory.get(SHORT, at + STATE);
    }

    private void setState(long at, int state) {
        memory.set(SHORT, at + STATE, (short) state);
    }

    private void increment(long at) {
        memory.set(INT, at, memory.get(INT, at) + 1);
    }
}
