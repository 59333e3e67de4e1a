package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.transport.aeron.TransportCounters.Counter;

import io.aeron.exceptions.RegistrationException;

import java.util.Arrays;

/// The connections of a transport to peers, each with a reference in the peer table: a fixed number
/// of places. Finding one allocates nothing, opening one does. Single-threaded.
final class Links {

    private static final int NONE = -1;

    private final PeerTable peers;
    private final TransportCounters counters;
    private final long connectTimeoutNs;
    private final long idleLinkNs;
    private final Link[] links;
    /// By slot of the peer's handle; the link says whether it still is that peer's.
    private final int[] linkOfSlot;
    private final PeerDescriptor descriptor = new PeerDescriptor();

    Links(AeronConfig config, PeerTable peers, TransportCounters counters) {
        this.peers = peers;
        this.counters = counters;
        connectTimeoutNs = config.connectTimeoutNs();
        idleLinkNs = config.idleLinkNs();
        links = new Link[config.maxLinks()];
        for (int i = 0; i < links.length; i++) {
            links[i] = new Link();
        }
        linkOfSlot = new int[peers.capacity()];
        Arrays.fill(linkOfSlot, NONE);
    }

    int capacity() {
        return links.length;
    }

    /// The link to a peer, or null.
    Link find(long peer) {
        int known = linkOfSlot[PeerTable.slotOf(peer)];
        return known != NONE && links[known].peer() == peer ? links[known] : null;
    }

    /// Opens a link to a peer that has none.
    ///
    /// @return why not, or null
    SendResult open(long peer, AeronClient client, long nowNs) {
        if (!findRoute(peer, client.routes())) {
            return SendResult.UNREACHABLE;
        }
        int place = findPlace(nowNs);
        if (place == NONE) {
            return SendResult.NO_LINK;
        }
        Routes route = client.routes();
        links[place].open(client.aeron(), peer, route.channel(), route.stream(), nowNs);
        peers.retain(peer);
        linkOfSlot[PeerTable.slotOf(peer)] = place;
        counters.increment(Counter.LINKS_OPENED);
        return null;
    }

    private boolean findRoute(long peer, Routes routes) {
        int addresses = peers.addressCount(peer);
        for (int i = 0; i < addresses; i++) {
            peers.describe(peer, i, descriptor);
            if (routes.find(descriptor)) {
                return true;
            }
        }
        return false;
    }

    /// A free place, or that of the link which went unused for longest and has nothing to send.
    private int findPlace(long nowNs) {
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

    /// Lets the time of all links begin now: they were opened by somebody who did not know it.
    void startTime(long nowNs) {
        for (Link link : links) {
            if (link.isUsed()) {
                link.startTime(nowNs);
            }
        }
    }

    /// Whether there are frames that wait for their connection.
    boolean hasWaiting() {
        for (Link link : links) {
            if (link.hasWaiting()) {
                return true;
            }
        }
        return false;
    }

    /// Watches connections, sends what waited for them, and closes those that are of no use.
    int maintain(long nowNs, Transport.FailureListener listener) {
        int work = 0;
        for (Link link : links) {
            if (link.isUsed()) {
                work += maintain(link, nowNs, listener);
            }
        }
        return work;
    }

    private int maintain(Link link, long nowNs, Transport.FailureListener listener) {
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
        if (failed || link.notConnectedForNs(nowNs) > connectTimeoutNs) {
            counters.increment(Counter.LINKS_FAILED);
            try {
                listener.onConnectionFailed(link.peer());
            } finally {
                close(link);
            }
            work++;
        } else if (link.isSpent() || nowNs - link.lastUsedNs() > idleLinkNs) {
            close(link);
            work++;
        }
        return work;
    }

    void closeAll() {
        for (Link link : links) {
            if (link.isUsed()) {
                close(link);
            }
        }
    }

    private void close(Link link) {
        long peer = link.peer();
        counters.add(Counter.FRAMES_LOST, link.close());
        counters.increment(Counter.LINKS_CLOSED);
        linkOfSlot[PeerTable.slotOf(peer)] = NONE;
        peers.release(peer);
    }
}
