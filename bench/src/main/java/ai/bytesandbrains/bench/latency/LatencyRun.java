package ai.bytesandbrains.bench.latency;

import ai.bytesandbrains.transport.aeron.IdleMode;

import com.sun.management.ThreadMXBean;

import org.HdrHistogram.Histogram;
import org.agrona.CloseHelper;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Measures all kinds of round trips in turns, a short stretch of each at a time, so that a machine
/// whose speed wanders treats them alike.
///
/// For one thread, which is the asking side's.
public final class LatencyRun implements AutoCloseable {

    private static final long HIGHEST_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int DIGITS = 3;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Channels channels;
    private final List<RoundTrip> roundTrips = new ArrayList<>();
    private final AnsweringThread answering;
    private final OpenLoop loop;
    private final Histogram corrected = new Histogram(HIGHEST_NS, DIGITS);
    private final Histogram service = new Histogram(HIGHEST_NS, DIGITS);
    private final List<Course> courses = new ArrayList<>();

    /// Hears of every stretch that was measured.
    @FunctionalInterface
    public interface Listener {

        /// A stretch has come to its end.
        ///
        /// @param name of the round trip
        /// @param corrected times of this stretch, from when each should have begun
        /// @param service times of this stretch, from when each did begin
        void onStretch(String name, Histogram corrected, Histogram service);
    }

    /// Starts a driver and opens everything.
    ///
    /// @param udp over UDP on the loopback interface, or over shared memory
    /// @param idle what both threads do between duty cycles
    /// @param seed of identities and vectors
    public LatencyRun(final boolean udp, final IdleMode idle, final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        channels = new Channels(udp);
        answering = new AnsweringThread(roundTrips, idle.strategy());
        loop = new OpenLoop(idle.strategy(), channels, answering);
        try {
            open(random);
            roundTrips.forEach(loop::connect);
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    /// {@return the bytes of a frame of an exchange}
    public static int exchangeBytes() {
        return CodecEcho.frameLength(GossipExchange.CONFIG.exchangeSize());
    }

    /// {@return the bytes of a frame with one peer, the least that says anything}
    public static int peerBytes() {
        return CodecEcho.frameLength(1);
    }

    private void open(final SplittableRandom random) {
        addRaw("rawPeer", peerBytes(), false);
        addRaw("rawPeerRead", peerBytes(), true);
        add(new CodecEcho("peer", channels, 1, random));
        addRaw("raw", exchangeBytes(), false);
        addRaw("rawRead", exchangeBytes(), true);
        add(new ChunkEcho(channels, exchangeBytes(), random));
        add(new CodecEcho("codec", channels, GossipExchange.CONFIG.exchangeSize(), random));
        add(new GossipExchange(channels, random));
        final int request = SearchRequest.requestBytes();
        final int response = SearchRequest.responseBytes();
        add(new RawPingPong("rawSearch", channels, request, response, false));
        add(new SearchRequest(channels, random));
    }

    private void addRaw(final String name, final int bytes, final boolean readsAll) {
        add(new RawPingPong(name, channels, bytes, bytes, readsAll));
    }

    private void add(final RoundTrip roundTrip) {
        roundTrips.add(roundTrip);
        courses.add(
                new Course(
                        roundTrip.name(),
                        new Histogram(HIGHEST_NS, DIGITS),
                        new Histogram(HIGHEST_NS, DIGITS)));
    }

    /// Lets a stretch of every kind run unmeasured, so that the JIT compiler sees everything.
    ///
    /// @param count round trips in each
    /// @param intervalNs from the begin of one to the begin of the next
    public void warmUp(final int count, final long intervalNs) {
        for (int i = 0; i < roundTrips.size(); i++) {
            stretch(i, count, intervalNs);
        }
    }

    /// Measures a stretch of every kind.
    ///
    /// @param count round trips in each
    /// @param intervalNs from the begin of one to the begin of the next
    /// @param listener hears of each stretch
    public void measure(final int count, final long intervalNs, final Listener listener) {
        for (int i = 0; i < roundTrips.size(); i++) {
            final long allocated = stretch(i, count, intervalNs);
            courses.get(i).add(corrected, service, allocated);
            listener.onStretch(roundTrips.get(i).name(), corrected, service);
        }
    }

    /// {@return the figures of all stretches so far, by kind}
    ///
    /// @param name of the kind: `peer`, `chunk`, `codec`, `exchange` or `search`; `rawPeer`, `raw`
    ///     or `rawSearch` for frames as long over Aeron alone; `rawPeerRead` or `rawRead` for such
    ///     frames whose bytes are all read
    public Course course(final String name) {
        return courses.stream()
                .filter(course -> course.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("name=" + name + ": unknown"));
    }

    /// Returns what both threads have allocated.
    private long stretch(final int number, final int count, final long intervalNs) {
        corrected.reset();
        service.reset();
        corrected.setStartTimeStamp(System.currentTimeMillis());
        answering.serve(number);
        final long othersBefore = threads.getThreadAllocatedBytes(answering.threadId());
        // Asking the JVM allocates too: the own thread is asked last before and first after.
        final long ownBefore = threads.getCurrentThreadAllocatedBytes();
        loop.run(roundTrips.get(number), count, intervalNs, corrected, service);
        final long own = threads.getCurrentThreadAllocatedBytes() - ownBefore;
        final long others = threads.getThreadAllocatedBytes(answering.threadId()) - othersBefore;
        answering.rest();
        corrected.setEndTimeStamp(System.currentTimeMillis());
        service.setStartTimeStamp(corrected.getStartTimeStamp());
        service.setEndTimeStamp(corrected.getEndTimeStamp());
        roundTrips.forEach(RoundTrip::rest);
        return own + others;
    }

    /// Closes everything and deletes the driver's directory.
    @Override
    public void close() {
        answering.close();
        CloseHelper.closeAll(roundTrips);
        channels.close();
    }
}
