package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.DescriptorPolicy;
import ai.bytesandbrains.engine.overlay.NodeIdentity;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Peers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// A node of a signed network, in the mailbox of its number, whose messages a test carries.
final class SignedNode implements AutoCloseable {

    static final long NETWORK = 77;
    static final long EPOCH_MS = 1_760_000_000_000L;
    static final GossipConfig GOSSIP = GossipConfig.defaults();
    static final SigningConfig SIGNING = SigningConfig.defaults(NETWORK, GOSSIP.periodNs());

    private static final Map<Integer, NodeIdentity> IDENTITIES = new HashMap<>();

    record Sent(long to, GossipCopy message) {}

    final int number;
    final NodeIdentity identity;
    final Peer peer;
    final PeerTable table = new PeerTable(GOSSIP.maxReferencedPeers());
    final GossipLogic logic;
    final GossipPeerSampling gossip;
    final List<Sent> sent = new ArrayList<>();

    private final GossipState state = new GossipState(GOSSIP, 1);
    private final DescriptorSigning signing;

    SignedNode(int number, long nowNs) {
        this(number, SIGNING, nowNs);
    }

    SignedNode(int number, SigningConfig config, long nowNs) {
        this.number = number;
        identity = identity(number);
        peer = new Peer(identity.id(), Address.memory(number));
        Random random = new Random(number);
        signing =
                new DescriptorSigning(
                        identity, peer, config, GOSSIP, table, random, EPOCH_MS * 1_000_000, nowNs);
        Outbox<GossipMessage> outbox =
                (to, message) -> sent.add(new Sent(table.shortIdOf(to), GossipCopy.of(message)));
        logic = new GossipLogic(GOSSIP, state, table, random, outbox, GossipListener.NONE, signing);
        gossip = new GossipPeerSampling(logic, 0, peer, nowNs);
    }

    /// The same identity for a number each time.
    static NodeIdentity identity(int number) {
        return IDENTITIES.computeIfAbsent(
                number,
                each -> {
                    byte[] secret = new byte[NodeIdentity.SECRET_BYTES];
                    new Random(each).nextBytes(secret);
                    return NodeIdentity.of(secret);
                });
    }

    /// A descriptor of a number, signed at a time of the protocol's.
    static PeerDescriptor signed(int number, int sequence, long nowNs) {
        NodeIdentity identity = identity(number);
        PeerDescriptor descriptor =
                new PeerDescriptor().set(new Peer(identity.id(), Address.memory(number)));
        identity.sign(descriptor, NETWORK, sequence, EPOCH_MS + nowNs / 1_000_000);
        return descriptor;
    }

    static GossipCopy push(PeerDescriptor... peers) {
        List<PeerDescriptor> copies = new ArrayList<>();
        for (PeerDescriptor peer : peers) {
            copies.add(Peers.copy(peer));
        }
        return new GossipCopy(GossipKind.PUSH, 1, copies);
    }

    int receive(GossipCopy message, long nowNs) {
        return gossip.onMessage(table.find(message.peers().getFirst().shortId()), message, nowNs);
    }

    /// What other protocols of the node go by.
    DescriptorPolicy policy() {
        return signing.policy();
    }

    Set<Long> view() {
        Set<Long> ids = new HashSet<>();
        gossip.broadcast(handle -> ids.add(table.shortIdOf(handle)));
        return ids;
    }

    int ageOf(int other) {
        int[] age = {-1};
        for (int i = 0; i < gossip.viewLength(); i++) {
            long id = table.shortIdOf(gossip.view().peerAt(i));
            if (id == identity(other).id().shortId()) {
                age[0] = gossip.view().ageAt(i);
            }
        }
        return age[0];
    }

    Address addressOf(int other) {
        PeerDescriptor descriptor = new PeerDescriptor();
        table.describe(table.find(identity(other).id()), descriptor);
        return descriptor.toPeer().address();
    }

    long rejected(DescriptorRejection reason) {
        return logic.counters().rejected(reason);
    }

    @Override
    public void close() {
        gossip.close();
        signing.close();
        state.close();
        int left = table.size();
        table.close();
        if (left != 0) {
            throw new AssertionError(left + " peers are still referred to");
        }
    }
}
