package ai.bytesandbrains.bench.latency;

import org.agrona.concurrent.IdleStrategy;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// The thread of the answering sides: it works for one round trip at a time.
final class AnsweringThread implements AutoCloseable {

    private static final int NONE = -1;
    private static final long REST_NS = 20_000;

    private final List<RoundTrip> roundTrips;
    private final AtomicInteger wanted = new AtomicInteger(NONE);
    private final AtomicInteger current = new AtomicInteger(NONE);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final IdleStrategy idle;
    private final Thread thread;
    private volatile boolean running = true;

    /// A thread that rests.
    ///
    /// @param roundTrips may still be filled, while the thread rests
    /// @param idle what it does between duty cycles
    AnsweringThread(final List<RoundTrip> roundTrips, final IdleStrategy idle) {
        this.roundTrips = roundTrips;
        this.idle = idle;
        thread = new Thread(this::run, "bb-latency-answering");
        thread.setDaemon(true);
        thread.start();
    }

    long threadId() {
        return thread.threadId();
    }

    /// Lets it work for a round trip; returns when it does.
    void serve(final int roundTrip) {
        wanted.set(roundTrip);
        while (current.get() != roundTrip && thread.isAlive()) {
            Thread.onSpinWait();
        }
        requireHealthy();
    }

    /// Lets it work for none; returns when it has stopped.
    void rest() {
        serve(NONE);
    }

    /// Fails if the thread has.
    void requireHealthy() {
        final Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("the answering side failed: " + failed, failed);
        }
    }

    @Override
    public void close() {
        running = false;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (running) {
                final int roundTrip = wanted.get();
                current.set(roundTrip);
                if (roundTrip == NONE) {
                    LockSupport.parkNanos(REST_NS);
                } else {
                    serveWhileWanted(roundTrip);
                }
            }
        } catch (final Throwable e) {
            failure.set(e);
        }
    }

    private void serveWhileWanted(final int number) {
        final RoundTrip roundTrip = roundTrips.get(number);
        while (running && wanted.getPlain() == number) {
            idle.idle(roundTrip.respond());
        }
    }
}
