package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.transport.aeron.TransportCounters.Counter;

/// Peers that a send found without an address this transport reaches: remembered, one reference
/// each, until the listener can be told outside of the send. Single-threaded, allocates nothing
/// after construction.
final class Unreachable {

    private final PeerTable peers;
    private final long[] waiting;
    private int count;

    Unreachable(PeerTable peers) {
        this.peers = peers;
        waiting = new long[peers.capacity()];
    }

    void add(long peer) {
        for (int i = 0; i < count; i++) {
            if (waiting[i] == peer) {
                return;
            }
        }
        peers.retain(peer);
        waiting[count++] = peer;
    }

    /// Tells the listener of each; returns how many there were.
    int report(Transport.FailureListener listener, TransportCounters counters) {
        int reported = count;
        while (count > 0) {
            long peer = waiting[--count];
            counters.increment(Counter.LINKS_FAILED);
            try {
                listener.onConnectionFailed(peer);
            } finally {
                peers.release(peer);
            }
        }
        return reported;
    }

    void clear() {
        while (count > 0) {
            peers.release(waiting[--count]);
        }
    }
}
