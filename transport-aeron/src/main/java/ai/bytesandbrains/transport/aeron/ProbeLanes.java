package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.FrameStamp;
import ai.bytesandbrains.codecs.sbe.MessageWriter;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.transport.aeron.TransportCounters.Counter;

import io.aeron.exceptions.RegistrationException;

/// A few short-lived connections to addresses that strangers claim, apart from those to peers: a
/// crowd of strangers can take each other's places, but nobody else's.
///
/// A lane is opened for one small frame and closed as soon as that is sent, or when nobody has
/// turned up in time: until then the driver knocks there about ten times a second.
final class ProbeLanes {

    private static final int LANES = 8;
    private static final int NONE = -1;

    /// Marks a lane as used; it belongs to no peer in the table.
    private static final long NOBODY = -1;

    private final Link[] links = new Link[LANES];
    private final PeerDescriptor[] targets = new PeerDescriptor[LANES];
    private final long[] openedNs = new long[LANES];
    private final long timeoutNs;
    private final TransportCounters counters;

    ProbeLanes(AeronConfig config, TransportCounters counters) {
        timeoutNs = Math.min(config.connectTimeoutNs(), AeronConfig.PROBE_TIMEOUT_NS);
        this.counters = counters;
        for (int i = 0; i < LANES; i++) {
            links[i] = new Link();
            targets[i] = new PeerDescriptor();
        }
    }

    <M> SendResult send(
            PeerDescriptor to,
            M message,
            MessageWriter<M> writer,
            FrameStamp stamp,
            AeronClient client,
            long nowNs) {
        int lane = laneTo(to);
        if (lane == NONE) {
            return SendResult.NO_LINK;
        }
        if (!links[lane].isUsed() && !open(lane, to, client, nowNs)) {
            return SendResult.UNREACHABLE;
        }
        int length = stamp.frameLength(writer, message);
        int at = links[lane].waitingPlaceFor(length);
        if (at < 0) {
            return SendResult.NO_ROOM;
        }
        stamp.write(writer, message, to.shortId(), links[lane].waitingBuffer(), at);
        links[lane].addWaiting(length);
        return SendResult.WAITING;
    }

    /// The lane that goes there already, or a free one.
    private int laneTo(PeerDescriptor to) {
        int free = NONE;
        for (int i = 0; i < LANES; i++) {
            if (!links[i].isUsed()) {
                free = i;
            } else if (targets[i].isAt(to)) {
                return i;
            }
        }
        return free;
    }

    private boolean open(int lane, PeerDescriptor to, AeronClient client, long nowNs) {
        Routes routes = client.routes();
        if (!routes.find(to)) {
            return false;
        }
        links[lane].open(client.aeron(), NOBODY, routes.channel(), routes.stream(), nowNs);
        targets[lane].address(to);
        openedNs[lane] = nowNs;
        counters.increment(Counter.LINKS_OPENED);
        return true;
    }

    /// Whether any of them is in use.
    boolean isBusy() {
        for (Link link : links) {
            if (link.isUsed()) {
                return true;
            }
        }
        return false;
    }

    int maintain(long nowNs) {
        int work = 0;
        for (int i = 0; i < LANES; i++) {
            if (links[i].isUsed()) {
                work += maintain(i, nowNs);
            }
        }
        return work;
    }

    private int maintain(int lane, long nowNs) {
        Link link = links[lane];
        boolean over;
        try {
            if (link.checkConnected(nowNs)) {
                link.flush(counters);
            }
            over = !link.hasWaiting() || nowNs - openedNs[lane] > timeoutNs;
        } catch (RegistrationException e) {
            // The driver does not take the channel: nobody can be there.
            over = true;
        }
        if (over) {
            close(link);
        }
        return over ? 1 : 0;
    }

    void close() {
        for (Link link : links) {
            if (link.isUsed()) {
                close(link);
            }
        }
    }

    private void close(Link link) {
        counters.add(Counter.FRAMES_LOST, link.close());
        counters.increment(Counter.LINKS_CLOSED);
    }
}
