package ai.bytesandbrains.engine.op;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/// A fixed group of threads that share one piece of work at a time: the caller and `count() - 1`
/// helpers.
///
/// Work is cut into parts with numbers from 0; whoever is free takes the next one, so which thread
/// runs which part is chance. Results must not depend on it: a part writes what is its own.
///
/// **Threads.** One thread at a time calls [#run]; helpers are daemons and sleep between calls.
///
/// **Allocation.** None in [#run].
///
/// **Lifetime.** Whoever made the group closes it, which ends the helpers.
public final class Workers implements AutoCloseable {
    private static final int MAX_COUNT = 1024;
    private static final Workers CALLER = new Workers(1);
    private static final VarHandle NEXT;

    static {
        try {
            NEXT = MethodHandles.lookup().findVarHandle(Workers.class, "next", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// What the threads share.
    @FunctionalInterface
    public interface Task {
        /// Does one part of the work.
        ///
        /// @param part which part, from 0
        /// @param worker which thread does it, from 0 to `count() - 1`: the index of scratch that
        ///     no other thread touches meanwhile
        void run(int part, int worker);
    }

    private final Thread[] helpers;
    private final Object lock = new Object();

    // Guarded by lock.
    private long generation;
    private int busy;
    private boolean running;
    private boolean closed;
    private Throwable failure;

    // Written under lock before a generation starts, read by helpers after they have seen it.
    private Task task;
    private int parts;

    @SuppressWarnings("UnusedVariable") // through NEXT
    private volatile int next;

    private Workers(int count) {
        helpers = new Thread[count - 1];
        for (int i = 0; i < helpers.length; i++) {
            int worker = i + 1;
            helpers[i] = new Thread(() -> help(worker), "bytesandbrains-worker-" + worker);
            helpers[i].setDaemon(true);
        }
    }

    /// {@return the group of nobody but the calling thread; need not be closed, shared by all}
    public static Workers caller() {
        return CALLER;
    }

    /// Starts a group.
    ///
    /// @param threads how many threads work together, the caller included; 1 to 1024
    /// @return the group, to be closed by the caller
    /// @throws IllegalArgumentException if `threads` is out of its range
    public static Workers of(int threads) {
        if (threads < 1 || threads > MAX_COUNT) {
            throw new IllegalArgumentException(
                    "threads=" + threads + " must be between 1 and " + MAX_COUNT);
        }
        Workers workers = new Workers(threads);
        for (Thread helper : workers.helpers) {
            helper.start();
        }
        return workers;
    }

    /// {@return how many threads work together, the caller included}
    public int count() {
        return helpers.length + 1;
    }

    /// Refuses memory that a part could not touch on every thread, such as that of a confined
    /// arena.
    ///
    /// @param name what to call the segment in the message
    /// @param segment what the parts are to work on
    /// @throws IllegalArgumentException if there is a helper that cannot access it
    public void checkAccess(String name, MemorySegment segment) {
        if (helpers.length > 0 && !segment.isAccessibleBy(helpers[0])) {
            throw new IllegalArgumentException(
                    name
                            + ": memory that belongs to one thread alone, but threads="
                            + count()
                            + " work on it");
        }
    }

    /// Does parts 0 to `parts - 1` of a task and returns when all are done. What the caller wrote
    /// before is seen by the parts, and what they wrote by the caller after.
    ///
    /// After a part has thrown, parts that have not begun are left out, and the first exception is
    /// thrown here once the others have ended.
    ///
    /// @param parts number of parts, 0 or more
    /// @param task what to do
    /// @throws IllegalArgumentException if `parts` is negative
    /// @throws IllegalStateException if the group is closed or at work
    public void run(int parts, Task task) {
        if (parts < 0) {
            throw new IllegalArgumentException("parts=" + parts + " must not be negative");
        }
        Objects.requireNonNull(task, "task");
        if (helpers.length == 0) {
            for (int part = 0; part < parts; part++) {
                task.run(part, 0);
            }
            return;
        }
        begin(parts, task);
        work(0);
        Throwable thrown = awaitHelpers();
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
    }

    /// Ends the helpers; a call of [#run] that is under way is completed first. Closing twice is
    /// allowed.
    @Override
    public void close() {
        synchronized (lock) {
            closed = this != CALLER;
            lock.notifyAll();
        }
    }

    private void begin(int parts, Task task) {
        synchronized (lock) {
            if (closed || running) {
                throw new IllegalStateException(
                        closed ? "the workers are closed" : "the workers are at work already");
            }
            this.task = task;
            this.parts = parts;
            failure = null;
            running = true;
            busy = helpers.length;
            next = 0;
            generation++;
            lock.notifyAll();
        }
    }

    private void work(int worker) {
        try {
            for (int part = nextPart(); part < parts; part = nextPart()) {
                task.run(part, worker);
            }
        } catch (RuntimeException | Error e) {
            synchronized (lock) {
                failure = failure == null ? e : failure;
                next = parts;
            }
        }
    }

    private int nextPart() {
        int part;
        do {
            part = next;
            if (part >= parts) {
                return part;
            }
        } while (!NEXT.compareAndSet(this, part, part + 1));
        return part;
    }

    private Throwable awaitHelpers() {
        boolean interrupted = false;
        Throwable thrown;
        synchronized (lock) {
            while (busy > 0) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    // Helpers still use the caller's memory: wait on, and tell the caller after.
                    interrupted = true;
                }
            }
            running = false;
            task = null;
            thrown = failure;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return thrown;
    }

    private void help(int worker) {
        long seen = 0;
        while (true) {
            synchronized (lock) {
                while (generation == seen && !closed) {
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        // Nobody has a reason to interrupt a helper: it ends by close alone.
                    }
                }
                if (generation == seen) {
                    return;
                }
                seen = generation;
            }
            work(worker);
            synchronized (lock) {
                if (--busy == 0) {
                    lock.notifyAll();
                }
            }
        }
    }
}
