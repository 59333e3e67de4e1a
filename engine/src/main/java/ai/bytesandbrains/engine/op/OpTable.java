package ai.bytesandbrains.engine.op;

import java.util.concurrent.atomic.AtomicLongArray;

/// The states of a fixed number of operations. It says who may touch the memory of an operation;
/// the memory itself is its user's, one piece for each slot.
///
/// ```
///   FREE --claim--> CLAIMED --submit--> RUNNING --complete--> DONE --finish--> FREE again
///                  (caller fills in)   (agent works)         (caller reads)
///
///   RUNNING --abandon (the caller gives up)--> ABANDONED --complete--> FREE again
/// ```
///
/// Each step is a compare-and-set with release and acquire semantics, so what one side wrote before
/// its step is what the other reads after it. A handle carries the generation of its slot: an old
/// one throws instead of touching somebody else's operation.
///
/// Safe for any number of callers and one agent. Allocates nothing after construction.
public final class OpTable {

    /// The handle of no operation.
    public static final long NULL_OP = 0;

    private static final int FREE = 0;
    private static final int CLAIMED = 1;
    private static final int RUNNING = 2;
    private static final int DONE = 3;
    private static final int ABANDONED = 4;
    private static final String[] NAMES = {"free", "claimed", "running", "done", "abandoned"};

    private final AtomicLongArray words;

    /// Makes a table of free slots.
    ///
    /// @param capacity the most operations at once, from 1
    /// @throws IllegalArgumentException if the capacity is not positive
    public OpTable(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity=" + capacity + ": expected at least 1");
        }
        words = new AtomicLongArray(capacity);
        for (int slot = 0; slot < capacity; slot++) {
            words.setPlain(slot, word(1, FREE));
        }
    }

    /// {@return the most operations at once}
    public int capacity() {
        return words.length();
    }

    /// Takes a free slot; the caller fills in its memory and submits it.
    ///
    /// @return its handle, or [#NULL_OP] if all are in use
    public long claim() {
        for (int slot = 0; slot < words.length(); slot++) {
            long word = words.getAcquire(slot);
            if (stateOf(word) == FREE
                    && words.compareAndSet(slot, word, word(generationOf(word), CLAIMED))) {
                return (long) generationOf(word) << 32 | slot;
            }
        }
        return NULL_OP;
    }

    /// Hands a claimed operation to the agent.
    ///
    /// @param op its handle
    /// @throws IllegalStateException if it is not claimed, or the handle is stale
    public void submit(long op) {
        step(op, CLAIMED, RUNNING);
    }

    /// Takes a submitted operation back. Only for a caller who knows that the agent has not heard
    /// of it and never will.
    ///
    /// @param op its handle
    /// @throws IllegalStateException if it is not running, or the handle is stale
    public void withdraw(long op) {
        free(op, RUNNING);
    }

    /// Hands a running operation back to its caller, or frees it if the caller has given it up.
    /// Called by the agent, for every submitted operation, exactly once.
    ///
    /// @param op its handle
    /// @throws IllegalStateException if it is not on its way, or the handle is stale
    public void complete(long op) {
        int slot = checkedSlot(op);
        long running = word(generationOf(op), RUNNING);
        if (!words.compareAndSet(slot, running, word(generationOf(op), DONE))) {
            free(op, ABANDONED);
        }
    }

    /// Tells the agent that nobody waits for a running operation any more. If it is done already,
    /// it is freed.
    ///
    /// @param op its handle
    /// @throws IllegalStateException if it was never submitted, or the handle is stale
    public void abandon(long op) {
        int slot = checkedSlot(op);
        long running = word(generationOf(op), RUNNING);
        if (!words.compareAndSet(slot, running, word(generationOf(op), ABANDONED))) {
            free(op, DONE);
        }
    }

    /// {@return whether the result is there}
    ///
    /// @param op a handle that its caller has not finished yet
    /// @throws IllegalStateException if the handle is stale
    public boolean isFinished(long op) {
        return stateOf(checked(op)) == DONE;
    }

    /// {@return whether the caller has given a running operation up}
    ///
    /// @param op a running operation's handle
    /// @throws IllegalStateException if the handle is stale
    public boolean isAbandoned(long op) {
        return stateOf(checked(op)) == ABANDONED;
    }

    /// Frees an operation whose result has been read. The handle is stale from now on.
    ///
    /// @param op its handle
    /// @throws IllegalStateException if it is not done, or the handle is stale
    public void finish(long op) {
        free(op, DONE);
    }

    /// {@return the slot in a handle, from 0 to `capacity - 1`}
    ///
    /// @param op a handle
    public static int slotOf(long op) {
        return (int) op;
    }

    private void step(long op, int from, int to) {
        int generation = generationOf(op);
        if (!words.compareAndSet(checkedSlot(op), word(generation, from), word(generation, to))) {
            throw wrong(op, from);
        }
    }

    private void free(long op, int from) {
        int generation = generationOf(op);
        int next = generation + 1 == 0 ? 1 : generation + 1;
        if (!words.compareAndSet(checkedSlot(op), word(generation, from), word(next, FREE))) {
            throw wrong(op, from);
        }
    }

    private long checked(long op) {
        long word = words.getAcquire(checkedSlot(op));
        if (generationOf(word) != generationOf(op)) {
            throw new IllegalStateException("operation=0x%016x: a stale handle".formatted(op));
        }
        return word;
    }

    private int checkedSlot(long op) {
        int slot = slotOf(op);
        if (slot < 0 || slot >= words.length() || generationOf(op) == 0) {
            throw new IllegalStateException("operation=0x%016x: not a handle".formatted(op));
        }
        return slot;
    }

    private IllegalStateException wrong(long op, int expected) {
        String found = NAMES[stateOf(checked(op))];
        return new IllegalStateException(
                "operation=0x%016x is %s: expected %s".formatted(op, found, NAMES[expected]));
    }

    private static long word(int generation, int state) {
        return (long) generation << 32 | state;
    }

    private static int stateOf(long word) {
        return (int) word;
    }

    private static int generationOf(long word) {
        return (int) (word >>> 32);
    }
}
