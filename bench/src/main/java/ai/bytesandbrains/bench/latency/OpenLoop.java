package ai.bytesandbrains.bench.latency;

import org.HdrHistogram.Histogram;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.IdleStrategy;

import java.util.concurrent.TimeUnit;

/// The asking side's thread: begins a round trip at every tick of a schedule that does not wait for
/// answers. When one takes longer than a tick, those after it begin late and back to back, and the
/// time they are late by counts: no stall is left out because nobody asked during it (coordinated
/// omission).
///
/// Source: Tene, "How not to measure latency", 2013.
final class OpenLoop {

    /// The last part of an interval in which no duty cycle is begun, so that none makes a tick
    /// late.
    private static final int CALM_PART = 4;

    /// Even a loop that is late and never waits has to let the driver move the windows of streams.
    private static final int DRIVER_TRIPS = 64;

    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);

    private final IdleStrategy idle;
    private final AgentInvoker driver;
    private final boolean driverCarries;
    private final AnsweringThread answering;

    /// A loop.
    ///
    /// @param idle what is done between duty cycles
    /// @param channels whose driver is worked here: between round trips, and during them too where
    ///     it is the driver that carries the frames
    OpenLoop(final IdleStrategy idle, final Channels channels, final AnsweringThread answering) {
        this.idle = idle;
        this.answering = answering;
        driver = channels.driver();
        driverCarries = channels.driverCarries();
    }

    /// Goes through a number of round trips.
    ///
    /// @param intervalNs from tick to tick
    /// @param corrected gets the time from the tick to the end
    /// @param service gets the time from the beginning to the end
    void run(
            final RoundTrip roundTrip,
            final int count,
            final long intervalNs,
            final Histogram corrected,
            final Histogram service) {
        long tick = System.nanoTime();
        for (int i = 0; i < count; i++) {
            tick += intervalNs;
            awaitTick(roundTrip, tick, intervalNs / CALM_PART);
            if (i % DRIVER_TRIPS == 0) {
                driver.invoke();
            }
            final long begin = System.nanoTime();
            begin(roundTrip, begin);
            finish(roundTrip, begin);
            final long end = System.nanoTime();
            corrected.recordValue(end - tick);
            service.recordValue(end - begin);
        }
    }

    /// Goes through the first round trip, both sides in this thread: it makes the connections.
    void connect(final RoundTrip roundTrip) {
        final long begin = System.nanoTime();
        while (!roundTrip.start()) {
            takeTurns(roundTrip, begin);
        }
        while (!takeTurns(roundTrip, begin)) {
            Thread.onSpinWait();
        }
    }

    private boolean takeTurns(final RoundTrip roundTrip, final long begin) {
        requireInTime(roundTrip, begin);
        roundTrip.respond();
        roundTrip.rest();
        driver.invoke();
        return roundTrip.poll();
    }

    private void awaitTick(final RoundTrip roundTrip, final long tick, final long calmNs) {
        while (tick - System.nanoTime() > calmNs) {
            driver.invoke();
            roundTrip.poll();
        }
        while (tick - System.nanoTime() > 0) {
            Thread.onSpinWait();
        }
    }

    private void begin(final RoundTrip roundTrip, final long begin) {
        while (!roundTrip.start()) {
            driver.invoke();
            roundTrip.poll();
            requireInTime(roundTrip, begin);
        }
    }

    private void finish(final RoundTrip roundTrip, final long begin) {
        int cycles = 0;
        while (!work(roundTrip)) {
            idle.idle();
            if ((++cycles & 0xffff) == 0) {
                requireInTime(roundTrip, begin);
            }
        }
    }

    private boolean work(final RoundTrip roundTrip) {
        if (driverCarries) {
            driver.invoke();
        }
        return roundTrip.poll();
    }

    private void requireInTime(final RoundTrip roundTrip, final long begin) {
        answering.requireHealthy();
        if (System.nanoTime() - begin > TIMEOUT_NS) {
            throw new IllegalStateException(
                    "%s: no answer in %d s"
                            .formatted(
                                    roundTrip.name(), TimeUnit.NANOSECONDS.toSeconds(TIMEOUT_NS)));
        }
    }
}
