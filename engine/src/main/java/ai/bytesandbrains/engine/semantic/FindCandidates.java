package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.FindOperations.ASKED_AT;
import static ai.bytesandbrains.engine.semantic.FindOperations.BYTE;
import static ai.bytesandbrains.engine.semantic.FindOperations.CANDIDATES;
import static ai.bytesandbrains.engine.semantic.FindOperations.CANDIDATE_BYTES;
import static ai.bytesandbrains.engine.semantic.FindOperations.FLOAT;
import static ai.bytesandbrains.engine.semantic.FindOperations.HANDLE;
import static ai.bytesandbrains.engine.semantic.FindOperations.HOP;
import static ai.bytesandbrains.engine.semantic.FindOperations.HOPS;
import static ai.bytesandbrains.engine.semantic.FindOperations.INT;
import static ai.bytesandbrains.engine.semantic.FindOperations.KEY;
import static ai.bytesandbrains.engine.semantic.FindOperations.LONG;
import static ai.bytesandbrains.engine.semantic.FindOperations.MAX_CANDIDATES;
import static ai.bytesandbrains.engine.semantic.FindOperations.NEW;
import static ai.bytesandbrains.engine.semantic.FindOperations.REPLIED;
import static ai.bytesandbrains.engine.semantic.FindOperations.SHORT;
import static ai.bytesandbrains.engine.semantic.FindOperations.SILENT;
import static ai.bytesandbrains.engine.semantic.FindOperations.STATE;
import static ai.bytesandbrains.engine.semantic.FindOperations.TRIES;
import static ai.bytesandbrains.engine.semantic.FindOperations.WAITING;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.MemorySegment;

/// The candidates of one find, best first: a flyweight over the slot of its operation. Holds one
/// reference to each.
final class FindCandidates {

    private final FindOperations operations;
    private final MemorySegment memory;
    private final PeerTable table;
    private final PeerDescriptor descriptor = new PeerDescriptor();
    private long base;

    FindCandidates(FindOperations operations, PeerTable table) {
        this.operations = operations;
        this.table = table;
        memory = operations.memory;
    }

    FindCandidates bind(long base) {
        this.base = base;
        return this;
    }

    int size() {
        return memory.get(INT, base + CANDIDATES);
    }

    int indexOf(long peer) {
        int size = size();
        for (int i = 0; i < size; i++) {
            if (peerAt(i) == peer) {
                return i;
            }
        }
        return -1;
    }

    long peerAt(int index) {
        return memory.get(LONG, at(index) + HANDLE);
    }

    int stateAt(int index) {
        return memory.get(BYTE, at(index) + STATE);
    }

    void setState(int index, int state) {
        memory.set(BYTE, at(index) + STATE, (byte) state);
    }

    /// How often a candidate has been asked.
    int triesAt(int index) {
        return memory.get(BYTE, at(index) + TRIES);
    }

    long askedAt(int index) {
        return memory.get(LONG, at(index) + ASKED_AT);
    }

    int hopAt(int index) {
        return memory.get(SHORT, at(index) + HOP);
    }

    void ask(int index, long nowNs) {
        setState(index, WAITING);
        memory.set(BYTE, at(index) + TRIES, (byte) (triesAt(index) + 1));
        memory.set(LONG, at(index) + ASKED_AT, nowNs);
    }

    /// Puts a peer in its place, if there is room for it or it is better than the last.
    void insert(long peer, float key, int hop) {
        int known = indexOf(peer);
        if (known >= 0) {
            if (stateAt(known) != REPLIED && key < keyAt(known)) {
                move(known, key);
            }
            return;
        }
        int size = size();
        if (size == MAX_CANDIDATES) {
            int last = size - 1;
            if (isAwaited(last) || !(key < keyAt(last))) {
                return;
            }
            table.release(peerAt(last));
            size--;
        }
        table.retain(peer);
        table.describe(peer, descriptor);
        long at = at(size);
        memory.set(LONG, at, descriptor.shortId());
        memory.set(LONG, at + 8, descriptor.id1());
        memory.set(LONG, at + 16, descriptor.id2());
        memory.set(LONG, at + 24, descriptor.id3());
        memory.set(LONG, at + HANDLE, peer);
        memory.set(FLOAT, at + KEY, key);
        memory.set(SHORT, at + HOP, (short) hop);
        memory.set(BYTE, at + TRIES, (byte) 0);
        setState(size, NEW);
        memory.set(INT, base + CANDIDATES, size + 1);
        move(size, key);
    }

    /// Whether an answer may still come.
    boolean isAwaited(int index) {
        int state = stateAt(index);
        return state == WAITING || state == FindOperations.LATE;
    }

    /// Gives a candidate another key and the place that goes with it.
    void move(int index, float key) {
        int to = index;
        memory.set(FLOAT, at(to) + KEY, key);
        while (to > 0 && Float.compare(keyAt(to - 1), key) > 0) {
            swap(to, to - 1);
            to--;
        }
        int size = size();
        while (to + 1 < size && Float.compare(keyAt(to + 1), key) < 0) {
            swap(to, to + 1);
            to++;
        }
    }

    /// Leaves out those that never answered and those of whom nothing is known, gives every
    /// reference back, and notes how far away the best was.
    void conclude() {
        int size = size();
        int kept = 0;
        for (int i = 0; i < size; i++) {
            table.release(peerAt(i));
            boolean silent = stateAt(i) == SILENT || stateAt(i) == FindOperations.LATE;
            if (!silent && keyAt(i) != Float.MAX_VALUE) {
                swap(i, kept++);
            }
        }
        memory.set(INT, base + CANDIDATES, kept);
        if (kept > 0) {
            memory.set(INT, base + HOPS, hopAt(0));
        }
    }

    private float keyAt(int index) {
        return memory.get(FLOAT, at(index) + KEY);
    }

    private void swap(int a, int b) {
        long atA = at(a);
        long atB = at(b);
        for (int word = 0; word < CANDIDATE_BYTES; word += Long.BYTES) {
            long held = memory.get(LONG, atA + word);
            memory.set(LONG, atA + word, memory.get(LONG, atB + word));
            memory.set(LONG, atB + word, held);
        }
    }

    private long at(int index) {
        return operations.candidateAt(base, index);
    }
}
