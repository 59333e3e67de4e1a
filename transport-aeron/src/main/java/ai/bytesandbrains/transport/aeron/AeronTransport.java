package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.DropCounters;
import ai.bytesandbrains.codecs.sbe.FrameDispatcher;
import ai.bytesandbrains.codecs.sbe.FrameStamp;
import ai.bytesandbrains.codecs.sbe.MessageWriter;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.transport.aeron.TransportCounters.Counter;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.exceptions.RegistrationException;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// Frames over Aeron, IPC or UDP: one subscription, and one exclusive publication for each peer
/// that is being talked to.
///
/// A frame up to the publication's maximum payload is encoded in place in the claimed buffer. A
/// longer one is encoded once into this transport's buffer and offered; the other side puts its
/// fragments together in a [BoundedAssembler].
///
/// The Aeron client belongs to this transport and runs in the node's duty cycle, so a node needs no
/// thread but its own. When the client ends, because the driver is gone or the duty cycle stood
/// still for longer than Aeron's service interval, [#maintain] says so with one
/// [AgentTerminationException]. Opening connections allocates; sending and receiving do not.
public final class AeronTransport implements Transport {

    private static final int NONE = -1;
    private static final int MAX_ATTEMPTS = 3;

    private final AeronConfig config;
    private final PeerTable peers;
    private final Aeron aeron;
    private final ErrorHandler errors;
    private final Subscription subscription;
    private final Address localAddress;
    private final TransportCounters counters = new TransportCounters();
    private final BoundedAssembler assembler;
    private final Unreachable unreachable;
    private final ProbeLanes probes;
    private final Link[] links;
    /// By slot of the peer's handle; the link says whether it still is that peer's.
    private final int[] linkOfSlot;
    private final PeerDescriptor descriptor = new PeerDescriptor();
    private final BufferClaim claim = new BufferClaim();
    private final UnsafeBuffer outgoing;
    private final int maxFrameLength;

    private FrameDispatcher dispatcher;
    private long nowNs;
    private Throwable endOfClient;

    private AeronTransport(
            AeronConfig config,
            PeerTable peers,
            DropCounters drops,
            ErrorHandler errors,
            AgentInvoker driver) {
        this.config = config;
        this.peers = peers;
        this.errors = errors;
        unreachable = new Unreachable(peers);
        maxFrameLength = FrameDescriptor.computeMaxMessageLength(config.termLength());
        outgoing = new UnsafeBuffer(BufferUtil.allocateDirectAligned(maxFrameLength, 64));
        assembler = new BoundedAssembler(this::onFrame, drops, maxFrameLength, config.maxLinks());
        aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .aeronDirectoryName(config.aeronDirectory())
                                .useConductorAgentInvoker(true)
                                .driverAgentInvoker(driver)
                                .driverTimeoutMs(
                                        TimeUnit.NANOSECONDS.toMillis(config.driverTimeoutNs()))
                                .errorHandler(this::onClientError)
                                .subscriberErrorHandler(errors));
        try {
            String channel =
                    config.kind() == Address.Kind.IPC
                            ? Channels.ipc()
                            : Channels.udp(config.host(), config.port());
            subscription = aeron.addSubscription(channel, config.stream());
            localAddress = Channels.localAddress(config, subscription, driver);
        } catch (Throwable e) {
            aeron.close();
            throw e;
        }
        probes = new ProbeLanes(aeron, config, counters);
        links = new Link[config.maxLinks()];
        for (int i = 0; i < links.length; i++) {
            links[i] = new Link(aeron);
        }
        linkOfSlot = new int[peers.capacity()];
        Arrays.fill(linkOfSlot, NONE);
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
    public int maxConnections() {
        return links.length;
    }

    @Override
    public TransportCounters counters() {
        return counters;
    }

    @Override
    public Gauge gauge(String label) {
        return new AeronGauge(aeron, errors, label);
    }

    @Override
    public <M> boolean send(long toPeer, M message, MessageWriter<M> writer, FrameStamp stamp) {
        int length = stamp.frameLength(writer, message);
        if (length > maxFrameLength) {
            counters.increment(Counter.TOO_LONG);
            return false;
        }
        Link link = linkTo(toPeer);
        if (link == null) {
            counters.increment(Counter.BACK_PRESSURE);
            return false;
        }
        link.used(nowNs);
        long receiver = peers.shortIdOf(toPeer);
        boolean flows = link.isConnected() && !link.hasWaiting();
        boolean taken =
                flows
                        ? publish(link, length, message, writer, stamp, receiver)
                        : keep(link, length, message, writer, stamp, receiver);
        if (!taken) {
            counters.increment(Counter.BACK_PRESSURE);
        }
        return taken;
    }

    @Override
    public <M> boolean probe(
            PeerDescriptor to, M message, MessageWriter<M> writer, FrameStamp stamp) {
        boolean taken = !subscription.isClosed() && probes.send(to, message, writer, stamp, nowNs);
        if (!taken) {
            counters.increment(Counter.BACK_PRESSURE);
        }
        return taken;
    }

    @Override
    public int poll(FrameDispatcher dispatcher, long nowNs) {
        this.dispatcher = dispatcher;
        this.nowNs = nowNs;
        return subscription.poll(assembler, config.fragmentLimit());
    }

    @Override
    public int maintain(long nowNs, FailureListener listener) {
        this.nowNs = nowNs;
        AgentInvoker client = aeron.conductorAgentInvoker();
        int work = client.invoke();
        // An invoker stops without a word when its thread is interrupted.
        if (subscription.isClosed() || !client.isRunning()) {
            throw new AgentTerminationException(
                    "aeronDirectory=%s: the Aeron client has ended: %s"
                            .formatted(
                                    config.aeronDirectory(),
                                    endOfClient == null ? "interrupted" : endOfClient.getMessage()),
                    endOfClient);
        }
        work += unreachable.report(listener, counters);
        work += probes.maintain(nowNs);
        for (Link link : links) {
            if (link.isUsed()) {
                work += maintain(link, listener);
            }
        }
        return work;
    }

    @Override
    public void close() {
        try {
            unreachable.clear();
            probes.close();
            for (Link link : links) {
                if (link.isUsed()) {
                    close(link);
                }
            }
        } finally {
            aeron.close();
        }
    }

    /// What ended the client is kept for [#maintain] to tell, everything else goes to the caller's
    /// handler at once.
    private void onClientError(Throwable error) {
        if (subscription == null || !subscription.isClosed()) {
            errors.onError(error);
        } else if (endOfClient == null) {
            endOfClient = error;
        }
    }

    // ---- outbound

    private <M> boolean publish(
            Link link,
            int length,
            M message,
            MessageWriter<M> writer,
            FrameStamp stamp,
            long receiver) {
        ExclusivePublication publication = link.publication();
        boolean fits = length <= publication.maxPayloadLength();
        if (!fits) {
            stamp.write(writer, message, receiver, outgoing, 0);
        }
        long position;
        int attempts = MAX_ATTEMPTS;
        do {
            position =
                    fits
                            ? publication.tryClaim(length, claim)
                            : publication.offer(outgoing, 0, length);
            // The end of a term was reached: the next attempt finds the next term.
        } while (position == Publication.ADMIN_ACTION && --attempts > 0);
        if (position <= 0) {
            link.refused(position);
            return false;
        }
        if (fits) {
            writeClaimed(message, writer, stamp, receiver);
        }
        counters.increment(Counter.FRAMES_SENT);
        counters.add(Counter.BYTES_SENT, length);
        return true;
    }

    private <M> void writeClaimed(
            M message, MessageWriter<M> writer, FrameStamp stamp, long receiver) {
        boolean written = false;
        try {
            stamp.write(writer, message, receiver, claim.buffer(), claim.offset());
            written = true;
        } finally {
            // A claim that is neither committed nor aborted would stop the stream.
            if (written) {
                claim.commit();
            } else {
                claim.abort();
            }
        }
    }

    private static <M> boolean keep(
            Link link,
            int length,
            M message,
            MessageWriter<M> writer,
            FrameStamp stamp,
            long receiver) {
        int at = link.waitingPlaceFor(length);
        if (at < 0) {
            return false;
        }
        stamp.write(writer, message, receiver, link.waitingBuffer(), at);
        link.addWaiting(length);
        return true;
    }

    /// The link to a peer, made if there is none; null if there is no place for it now or the peer
    /// has no address that Aeron can reach.
    private Link linkTo(long peer) {
        int slot = PeerTable.slotOf(peer);
        int known = linkOfSlot[slot];
        if (known != NONE && links[known].peer() == peer) {
            return links[known];
        }
        if (subscription.isClosed()) {
            return null;
        }
        String channel = channelOf(peer);
        if (channel == null) {
            unreachable.add(peer);
            return null;
        }
        int place = findPlace();
        if (place == NONE) {
            return null;
        }
        links[place].open(peer, channel, descriptor.stream(), nowNs);
        peers.retain(peer);
        linkOfSlot[slot] = place;
        counters.increment(Counter.LINKS_OPENED);
        return links[place];
    }

    /// Leaves the address in the descriptor.
    private String channelOf(long peer) {
        int addresses = peers.addressCount(peer);
        for (int i = 0; i < addresses; i++) {
            peers.describe(peer, i, descriptor);
            String channel = Channels.to(descriptor, config.termLength());
            if (channel != null) {
                return channel;
            }
        }
        return null;
    }

    /// A free place, or that of the link which went unused for longest and has nothing to send.
    private int findPlace() {
        int oldest = NONE;
        for (int i = 0; i < links.length; i++) {
            Link link = links[i];
            if (!link.isUsed()) {
                return i;
            }
            boolean older = oldest == NONE || link.lastUsedNs() - links[oldest].lastUsedNs() < 0;
            if (older && link.lastUsedNs() != nowNs && !link.hasWaiting()) {
                oldest = i;
            }
        }
        if (oldest != NONE) {
            close(links[oldest]);
        }
        return oldest;
    }

    private int maintain(Link link, FailureListener listener) {
        boolean failed = false;
        int work = 0;
        try {
            if (link.checkConnected(nowNs) && link.hasWaiting()) {
                work += link.flush(counters);
            }
        } catch (RegistrationException e) {
            // The driver does not take the channel: there is no such peer to be reached.
            failed = true;
        }
        if (failed || link.notConnectedForNs(nowNs) > config.connectTimeoutNs()) {
            counters.increment(Counter.LINKS_FAILED);
            try {
                listener.onConnectionFailed(link.peer());
            } finally {
                close(link);
            }
            work++;
        } else if (link.isSpent() || nowNs - link.lastUsedNs() > config.idleLinkNs()) {
            close(link);
            work++;
        }
        return work;
    }

    private void close(Link link) {
        long peer = link.peer();
        counters.add(Counter.FRAMES_LOST, link.close());
        counters.increment(Counter.LINKS_CLOSED);
        linkOfSlot[PeerTable.slotOf(peer)] = NONE;
        peers.release(peer);
    }

    // ---- inbound

    private void onFrame(DirectBuffer buffer, int offset, int length, Header header) {
        counters.increment(Counter.FRAMES_RECEIVED);
        counters.add(Counter.BYTES_RECEIVED, length);
        dispatcher.onFrame(buffer, offset, length, nowNs);
    }
}
