package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

/// The one outbound message of a logic: a view over the buffer that was prepared last.
final class OutgoingMessage implements GossipMessage {

    /// Nobody reads it; a compiler cannot know.
    long touched;

    /// What it carries; filled in before [#send].
    final ExchangeBuffer peers;

    private final PeerTable table;
    private final Outbox<GossipMessage> outbox;
    private final GossipCounters counters;
    private final DescriptorSigning signing;
    private GossipKind kind;
    private long requestId;

    OutgoingMessage(
            GossipConfig config,
            PeerTable table,
            Outbox<GossipMessage> outbox,
            GossipCounters counters,
            DescriptorSigning signing) {
        this.peers = new ExchangeBuffer(config.exchangeSize());
        this.table = table;
        this.outbox = outbox;
        this.counters = counters;
        this.signing = signing;
    }

    boolean send(long peer, GossipKind kind, long requestId) {
        touchPeers();
        this.kind = kind;
        this.requestId = requestId;
        boolean taken = outbox.send(peer, this);
        if (!taken) {
            counters.sendsRefused++;
        }
        return taken;
    }

    /// Whoever writes the message will look all of them up, one after the other: this is quicker.
    private void touchPeers() {
        for (int i = 0; i < peers.size(); i++) {
            touched += table.touch(peers.peerAt(i));
        }
    }

    @Override
    public GossipKind kind() {
        return kind;
    }

    @Override
    public long requestId() {
        return requestId;
    }

    @Override
    public int size() {
        return peers.size();
    }

    @Override
    public void peerAt(int index, PeerDescriptor into) {
        if (signing == null) {
            table.describe(peers.peerAt(index), into);
        } else {
            signing.describe(peers.peerAt(index), into);
        }
        into.age(peers.ageAt(index));
    }

    /// Where nothing is signed nobody has to be looked up to tell.
    @Override
    public boolean isSigned(PeerDescriptor scratch) {
        return signing != null && GossipMessage.super.isSigned(scratch);
    }
}
