package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.DropCounters;
import ai.bytesandbrains.codecs.sbe.FrameDispatcher;
import ai.bytesandbrains.codecs.sbe.FrameStamp;
import ai.bytesandbrains.codecs.sbe.MessageWriter;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.transport.aeron.TransportCounters.Counter;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.List;

/// Frames over Aeron, UDP and IPC: where the node listens, and one exclusive publication for each
/// peer that is being talked to. A peer on the same media driver is reached by IPC, whatever its
/// address says, if both nodes allow it ([AeronConfig#sharedMemory]).
///
/// A frame is encoded into this transport's buffer, which stays in the core's cache, and offered:
/// one copy, in order, into a stream that another core has had last. Word by word into a claimed
/// part of the stream, each line of it is waited for on its own, which takes far longer than the
/// copy (docs/figures.md). What arrives is decoded where it is; frames of several fragments are put
/// together in a [BoundedAssembler] first.
///
/// The Aeron client belongs to this transport and runs in the node's duty cycle, so a node needs no
/// thread but its own. When the client ends, because the driver is gone or the duty cycle stood
/// still for longer than Aeron's service interval, the transport connects anew (see [Reconnect]).
/// Opening connections allocates; sending and receiving do not.
public final class AeronTransport implements Transport {

    private static final int MAX_ATTEMPTS = 3;

    /// With every connection settled there is little to look after: it is done after so long. An
    /// idle cycle is over in less time than that takes, so the count of cycles is there only for
    /// clocks that stand still while a node works, which would let its client die.
    private static final long TIME_BETWEEN_NS = 100_000;

    private static final int CYCLES_BETWEEN = 1024;

    private final AeronConfig config;
    private final PeerTable peers;
    private final ErrorHandler errors;
    private final AgentInvoker driver;
    private final Address localAddress;
    private final TransportCounters counters = new TransportCounters();
    private final BoundedAssembler assembler;
    private final Unreachable unreachable;
    private final Links links;
    private final ProbeLanes probes;
    private final List<AeronGauge> gauges = new ArrayList<>();
    private final Reconnect reconnect;
    private final UnsafeBuffer outgoing;
    private final int maxFrameLength;

    /// Null while there is no driver.
    private AeronClient client;

    private FrameDispatcher dispatcher;
    private long nowNs;
    private boolean timeKnown;
    private long maintainedNs;
    private int cycles;
    private boolean unsettled = true;

    private AeronTransport(
            AeronConfig config,
            PeerTable peers,
            DropCounters drops,
            ErrorHandler errors,
            AgentInvoker driver) {
        this.config = config;
        this.peers = peers;
        this.errors = errors;
        this.driver = driver;
        unreachable = new Unreachable(peers);
        maxFrameLength = FrameDescriptor.computeMaxMessageLength(config.termLength());
        outgoing = new UnsafeBuffer(BufferUtil.allocateDirectAligned(maxFrameLength, 64));
        assembler = new BoundedAssembler(this::onFrame, drops, maxFrameLength, config.maxLinks());
        links = new Links(config, peers, counters);
        probes = new ProbeLanes(config, counters);
        client = new AeronClient(config, config.port(), errors, driver);
        localAddress = client.address();
        reconnect = new Reconnect(config, errors);
    }

    /// {@return what opens transports with these parameters}
    ///
    /// @param config the parameters
    /// @param errors hears of errors in the Aeron client
    public static Factory factory(AeronConfig config, ErrorHandler errors) {
        return factory(config, errors, null);
    }

    /// {@return what opens transports on a driver that has no threads of its own}
    ///
    /// @param config the parameters
    /// @param errors hears of errors in the Aeron client
    /// @param driver does the driver's work while a transport is being opened, on the thread that
    ///     opens it; after that the host has to go on calling it. Null for a driver with threads
    public static Factory factory(AeronConfig config, ErrorHandler errors, AgentInvoker driver) {
        return (peers, drops) -> new AeronTransport(config, peers, drops, errors, driver);
    }

    @Override
    public Address localAddress() {
        return localAddress;
    }

    @Override
    public int maxFrameLength() {
        return maxFrameLength;
    }

    @Override
    public int fragmentLimit() {
        return config.fragmentLimit();
    }

    @Override
    public int maxConnections() {
        return links.capacity();
    }

    @Override
    public TransportCounters counters() {
        return counters;
    }

    @Override
    public Gauge gauge(String label) {
        AeronGauge gauge = new AeronGauge(label, errors);
        gauges.add(gauge);
        if (client != null) {
            gauge.open(client.aeron());
        }
        return gauge;
    }

    // ---- outbound

    @Override
    public <M> SendResult send(long toPeer, M message, MessageWriter<M> writer, FrameStamp stamp) {
        int length = stamp.frameLength(writer, message);
        if (length > maxFrameLength) {
            return counters.count(SendResult.TOO_LONG);
        }
        Link link = links.find(toPeer);
        if (link == null) {
            SendResult refusal = open(toPeer);
            if (refusal != null) {
                return counters.count(refusal);
            }
            link = links.find(toPeer);
        }
        link.used(nowNs);
        long receiver = peers.shortIdOf(toPeer);
        boolean flows = link.isConnected() && !link.hasWaiting();
        return counters.count(
                flows
                        ? publish(link, length, message, writer, stamp, receiver)
                        : keep(link, length, message, writer, stamp, receiver));
    }

    private SendResult open(long toPeer) {
        if (client == null || client.isEnded()) {
            return SendResult.NO_DRIVER;
        }
        SendResult refusal = links.open(toPeer, client, nowNs);
        if (refusal == SendResult.UNREACHABLE) {
            unreachable.add(toPeer);
        }
        unsettled = true;
        return refusal;
    }

    @Override
    public <M> SendResult probe(
            PeerDescriptor to, M message, MessageWriter<M> writer, FrameStamp stamp) {
        if (client == null || client.isEnded()) {
            return counters.count(SendResult.NO_DRIVER);
        }
        unsettled = true;
        return counters.count(probes.send(to, message, writer, stamp, client, nowNs));
    }

    private <M> SendResult publish(
            Link link,
            int length,
            M message,
            MessageWriter<M> writer,
            FrameStamp stamp,
            long receiver) {
        ExclusivePublication publication = link.publication();
        stamp.write(writer, message, receiver, outgoing, 0);
        long position;
        int attempts = MAX_ATTEMPTS;
        do {
            position = publication.offer(outgoing, 0, length);
            // The end of a term was reached: the next attempt finds the next term.
        } while (position == Publication.ADMIN_ACTION && --attempts > 0);
        if (position <= 0) {
            return link.refused(position);
        }
        counters.increment(Counter.FRAMES_SENT);
        counters.add(Counter.BYTES_SENT, length);
        return SendResult.SENT;
    }

    private <M> SendResult keep(
            Link link,
            int length,
            M message,
            MessageWriter<M> writer,
            FrameStamp stamp,
            long receiver) {
        int at = link.waitingPlaceFor(length);
        if (at < 0) {
            return SendResult.NO_ROOM;
        }
        stamp.write(writer, message, receiver, link.waitingBuffer(), at);
        link.addWaiting(length);
        unsettled = true;
        return SendResult.WAITING;
    }

    // ---- inbound

    @Override
    public int poll(FrameDispatcher dispatcher, long nowNs, int limit) {
        this.dispatcher = dispatcher;
        setTime(nowNs);
        return client == null ? 0 : client.poll(assembler, Math.min(limit, config.fragmentLimit()));
    }

    private void onFrame(DirectBuffer buffer, int offset, int length, Header header) {
        counters.received(length);
        dispatcher.onFrame(buffer, offset, length, nowNs);
    }

    // ---- connections

    @Override
    public int maintain(long nowNs, FailureListener listener) {
        setTime(nowNs);
        cycles++;
        boolean due = cycles >= CYCLES_BETWEEN || nowNs - maintainedNs >= TIME_BETWEEN_NS;
        if (!due && !unsettled) {
            return 0;
        }
        cycles = 0;
        maintainedNs = nowNs;
        if (client == null) {
            return connectAnew();
        }
        int work = client.work();
        if (client.isEnded()) {
            unsettled = true;
            disconnect();
            return work + connectAnew();
        }
        work += unreachable.report(listener, counters);
        work += probes.maintain(nowNs);
        work += links.maintain(nowNs, listener);
        unsettled = probes.isBusy() || links.hasWaiting();
        return work;
    }

    /// Whoever sends before the first duty cycle opens connections without knowing the time, which
    /// may count from the machine's start: theirs begins with the first cycle.
    private void setTime(long nowNs) {
        this.nowNs = nowNs;
        if (!timeKnown) {
            timeKnown = true;
            links.startTime(nowNs);
        }
    }

    private void disconnect() {
        reconnect.begin(client.end(), nowNs);
        closeConnections();
        client.close();
        client = null;
    }

    private int connectAnew() {
        client = reconnect.attempt(localAddress.port(), driver, nowNs);
        if (client == null) {
            return 0;
        }
        for (AeronGauge gauge : gauges) {
            gauge.open(client.aeron());
        }
        counters.increment(Counter.RECONNECTS);
        return 1;
    }

    private void closeConnections() {
        unreachable.clear();
        probes.close();
        links.closeAll();
    }

    @Override
    public void close() {
        try {
            closeConnections();
        } finally {
            if (client != null) {
                client.close();
            }
        }
    }
}
