package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// What one or more steps of the protocol gave: its messages and its events, copied into ordinary
/// values. For tests and for callers who would rather move messages themselves; a node on a hot
/// path has an outbox that encodes in place.
///
/// ```
///   var step = new CollectedStep(table);
///   var logic = new GossipLogic(config, state, table, random, step, step);
///   var gossip = new GossipPeerSampling(logic, 0, self, nowNs);
///   gossip.bootstrap(seeds, nowNs);
///   gossip.poll(nowNs);
///   for (CollectedStep.Message message : step.drainMessages()) { ... message.to() ... }
/// ```
///
/// Takes every message. Owned by the thread of the protocol; allocates.
public final class CollectedStep implements Outbox<GossipMessage>, GossipListener {

    /// A message on its way, which another node's [GossipPeerSampling#onMessage] takes as it is.
    ///
    /// @param to who is to get it
    /// @param kind what it is
    /// @param requestId the number that ties an answer to its request
    /// @param entries the peers in it, the sender first
    public record Message(Peer to, GossipKind kind, long requestId, List<Entry> entries)
            implements GossipMessage {

        /// Copies the list.
        public Message {
            Objects.requireNonNull(to, "to");
            Objects.requireNonNull(kind, "kind");
            entries = List.copyOf(entries);
        }

        /// {@return the peers in it without their ages, the sender first}
        public List<Peer> peers() {
            return entries.stream().map(Entry::peer).toList();
        }

        @Override
        public int size() {
            return entries.size();
        }

        @Override
        public void peerAt(int index, PeerDescriptor into) {
            Entry entry = entries.get(index);
            into.set(entry.peer()).age(entry.age());
        }
    }

    /// A peer in a message.
    ///
    /// @param peer who and where
    /// @param age in exchanges
    public record Entry(Peer peer, int age) {}

    /// What happened to a view.
    public sealed interface Event {}

    /// A peer came into the view.
    ///
    /// @param peer who
    public record PeerAdded(Peer peer) implements Event {}

    /// A peer left the view.
    ///
    /// @param peer who
    /// @param reason why
    public record PeerRemoved(Peer peer, RemovalReason reason) implements Event {}

    /// A request was not answered in time.
    ///
    /// @param peer who should have answered
    /// @param requestId the request
    public record RequestTimeout(Peer peer, long requestId) implements Event {}

    /// The node came nearer to, or fell back from, having a view.
    ///
    /// @param state the new state
    public record JoinStateChanged(JoinState state) implements Event {}

    private final PeerTable table;
    private final PeerDescriptor descriptor = new PeerDescriptor();
    private List<Message> messages = new ArrayList<>();
    private List<Event> events = new ArrayList<>();

    /// Makes an empty collection.
    ///
    /// @param table the table of the node whose steps are collected; stays the caller's
    public CollectedStep(PeerTable table) {
        this.table = Objects.requireNonNull(table, "table");
    }

    /// {@return the messages sent since the last call, in their order}
    public List<Message> drainMessages() {
        List<Message> drained = messages;
        messages = new ArrayList<>();
        return drained;
    }

    /// {@return the events since the last call, in their order}
    public List<Event> drainEvents() {
        List<Event> drained = events;
        events = new ArrayList<>();
        return drained;
    }

    @Override
    public boolean send(long toPeer, GossipMessage message) {
        List<Entry> entries = new ArrayList<>(message.size());
        for (int i = 0; i < message.size(); i++) {
            message.peerAt(i, descriptor);
            entries.add(new Entry(descriptor.toPeer(), descriptor.age()));
        }
        return messages.add(
                new Message(peerOf(toPeer), message.kind(), message.requestId(), entries));
    }

    @Override
    public void onPeerAdded(long peer) {
        events.add(new PeerAdded(peerOf(peer)));
    }

    @Override
    public void onPeerRemoved(long peer, RemovalReason reason) {
        events.add(new PeerRemoved(peerOf(peer), reason));
    }

    @Override
    public void onRequestTimeout(long peer, long requestId) {
        events.add(new RequestTimeout(peerOf(peer), requestId));
    }

    @Override
    public void onJoinState(JoinState state) {
        events.add(new JoinStateChanged(state));
    }

    private Peer peerOf(long handle) {
        table.describe(handle, descriptor);
        return descriptor.toPeer();
    }
}
