package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.Pause;
import ai.bytesandbrains.engine.memory.RowStore;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Supplier;

/// Working memory of searches: as many pieces as there ever were searches at once, handed out
/// without locks, kept until the index is closed.
///
/// Pieces are never taken off the list, only marked, so there is nothing for the ABA problem to
/// happen to. Handing out allocates only while there are more searches at once than ever before.
final class ScratchPool<T extends ScratchPool.Scratch> implements AutoCloseable {
    private static final VarHandle HEAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(ScratchPool.class, "head", Scratch.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// What one search works with.
    abstract static class Scratch {
        private static final VarHandle BUSY;

        static {
            try {
                BUSY = MethodHandles.lookup().findVarHandle(Scratch.class, "busy", boolean.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private final Arena arena = Arena.ofShared();
        private Scratch following;

        @SuppressWarnings("UnusedVariable") // through BUSY
        private volatile boolean busy = true;

        /// Memory that lives as long as the scratch.
        final MemorySegment allocate(long bytes) {
            return arena.allocate(bytes, RowStore.ALIGNMENT);
        }

        final void release() {
            BUSY.setRelease(this, false);
        }

        private boolean take() {
            return !busy && BUSY.compareAndSet(this, false, true);
        }

        /// Frees memory; a search that still uses it gets an [IllegalStateException].
        void close() {
            if (arena.scope().isAlive()) {
                arena.close();
            }
        }
    }

    private final Supplier<T> maker;
    private volatile Scratch head;
    private volatile boolean closed;

    ScratchPool(Supplier<T> maker) {
        this.maker = maker;
    }

    /// A piece that the caller gives back with [Scratch#release].
    ///
    /// @throws IllegalStateException if the pool is closed
    T take() {
        T taken = tryTake();
        if (taken == null) {
            throw new IllegalStateException("the index is closed");
        }
        return taken;
    }

    /// A piece that the caller gives back with [Scratch#release]; null if the pool is closed.
    @SuppressWarnings("unchecked") // the list holds what the maker made
    T tryTake() {
        Scratch taken = null;
        for (Scratch each = head; each != null && taken == null; each = each.following) {
            taken = !closed && each.take() ? each : null;
        }
        if (taken == null && !closed) {
            taken = add(maker.get());
        }
        if (taken != null && closed) {
            taken.release();
            taken = null;
        }
        return (T) taken;
    }

    /// Puts a piece on the list; who closes the pool after that finds it there.
    private Scratch add(Scratch made) {
        Scratch first;
        do {
            first = head;
            made.following = first;
        } while (!HEAD.compareAndSet(this, first, made));
        if (closed) {
            made.close();
        }
        return made;
    }

    /// Hands out nothing any more, waits until all pieces have come back, and frees them.
    void drain() {
        closed = true;
        for (Scratch scratch = head; scratch != null; scratch = scratch.following) {
            while (scratch.busy) {
                Pause.briefly();
            }
        }
        close();
    }

    @Override
    public void close() {
        closed = true;
        for (Scratch scratch = head; scratch != null; scratch = scratch.following) {
            scratch.close();
        }
    }
}
