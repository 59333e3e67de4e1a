package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

/// What comes in with messages: which of the peers in them are taken, and how old they count.
final class Arrivals {

    private final PeerTable table;
    private final Failed failed;
    private final GossipCounters counters;
    private final DescriptorSigning signing;
    private final int most;
    private final ExchangeBuffer peers;
    private final PeerDescriptor descriptor = new PeerDescriptor();

    /// @param failed of the node whose slot is worked on
    /// @param signing null if nothing is signed
    Arrivals(
            GossipConfig config,
            PeerTable table,
            Failed failed,
            GossipCounters counters,
            DescriptorSigning signing) {
        this.table = table;
        this.failed = failed;
        this.counters = counters;
        this.signing = signing;
        most = config.exchangeSize();
        peers = new ExchangeBuffer(most);
    }

    /// Enters the peers of a message into the table, one reference each, and lists them. The first
    /// is the sender, who is alive; of the others, those that failed here are news or nothing.
    ///
    /// @return scratch, good until the next message
    ExchangeBuffer read(GossipMessage in, long selfId, boolean solicited, long nowNs) {
        peers.clear();
        int count = Math.min(in.size(), most);
        for (int i = 0; i < count; i++) {
            in.peerAt(i, descriptor);
            if (descriptor.shortId() == selfId) {
                continue;
            }
            DescriptorRejection rejection = check(descriptor, solicited, nowNs);
            if (rejection == DescriptorRejection.BAD_SIGNATURE
                    || rejection == DescriptorRejection.WRONG_KEY) {
                // Nobody honest hands such a one on: the rest is not worth the time.
                break;
            }
            if (rejection == null) {
                enter(i == 0, nowNs);
            }
        }
        return peers;
    }

    /// Why a descriptor that was received must not be taken, or null if it may.
    DescriptorRejection check(PeerDescriptor received, boolean solicited, long nowNs) {
        if (signing == null) {
            return null;
        }
        DescriptorRejection rejection = signing.check(received, solicited, nowNs);
        if (rejection != null) {
            counters.reject(rejection);
        }
        return rejection;
    }

    /// Enters a checked descriptor into the table and takes one reference.
    long acquire(PeerDescriptor checked) {
        long peer = table.acquire(checked);
        if (peer != PeerTable.NULL_PEER && signing != null) {
            signing.keep(peer, checked);
        }
        return peer;
    }

    private void enter(boolean isSender, long nowNs) {
        int age = signing == null ? clampAge(descriptor.age()) : signing.ageOf(descriptor, nowNs);
        if (isSender) {
            failed.forgive(descriptor.shortId());
        }
        if (failed.isStale(descriptor.shortId(), age)) {
            return;
        }
        long peer = acquire(descriptor);
        if (peer == PeerTable.NULL_PEER) {
            counters.rejected++;
        } else {
            peers.add(peer, age);
        }
    }

    /// A negative age is an overflow, so it counts as the oldest and never as the freshest.
    private static int clampAge(int age) {
        return age < 0 ? GossipConfig.MAX_AGE : Math.min(age, GossipConfig.MAX_AGE);
    }
}
