package ai.bytesandbrains.engine.op;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A fixed number of operations with a piece of off-heap memory each: what callers of any thread do
/// with a handle, and who owns the memory. What is in it is for subclasses to say.
///
/// Between submission and [#isFinished] a slot is the agent's, otherwise its caller's; the
/// [OpTable] holds both to that. Allocates nothing after construction.
public abstract class OperationSlots implements AutoCloseable {

    private static final int ALIGNMENT = 64;

    private final Arena arena = Arena.ofShared();
    private final OpTable table;
    private final MemorySegment memory;
    private final long slotBytes;

    /// Allocates the slots.
    ///
    /// @param count the most operations at once, from 1
    /// @param slotBytes memory of each
    /// @throws IllegalArgumentException if the count is not positive
    protected OperationSlots(int count, long slotBytes) {
        table = new OpTable(count);
        this.slotBytes = slotBytes;
        memory = arena.allocate(slotBytes * count, ALIGNMENT);
    }

    /// {@return whether the result is there}
    ///
    /// @param op a handle that is not finished
    /// @throws IllegalStateException if the handle is stale, or the result will never be there
    ///     since the operations are closed: whoever waits in a loop is released
    public final boolean isFinished(long op) {
        boolean finished = table.isFinished(op);
        if (!finished && !arena.scope().isAlive()) {
            throw new IllegalStateException("operation=0x%016x: its node is closed".formatted(op));
        }
        return finished;
    }

    /// Takes back an operation that was begun but never handed to the agent.
    ///
    /// @param op its handle, stale from now on
    public final void withdraw(long op) {
        table.withdraw(op);
    }

    /// Gives up an operation that is on its way: nobody will read its result.
    ///
    /// @param op its handle, stale from now on
    public final void abandon(long op) {
        table.abandon(op);
    }

    /// Frees the slot of a result that has been read.
    ///
    /// @param op its handle, stale from now on
    public final void finish(long op) {
        table.finish(op);
    }

    /// Frees the memory. Operations that are on their way must be over. Closing twice is allowed.
    @Override
    public final void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /// {@return the states of the operations}
    protected final OpTable states() {
        return table;
    }

    /// {@return the memory of all slots}
    protected final MemorySegment memory() {
        return memory;
    }

    /// {@return where the memory of an operation begins}
    ///
    /// @param op its handle
    protected final long offsetOf(long op) {
        return OpTable.slotOf(op) * slotBytes;
    }

    /// Checks that a result is there.
    ///
    /// @param op a handle
    /// @throws IllegalStateException if it is stale, or the operation on its way
    protected final void requireFinished(long op) {
        if (!table.isFinished(op)) {
            throw new IllegalStateException("operation=0x%016x is not finished".formatted(op));
        }
    }
}
