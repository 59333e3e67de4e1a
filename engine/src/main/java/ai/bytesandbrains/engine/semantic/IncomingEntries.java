package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.DescriptorPolicy;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Takes the entries of a message apart: what makes no sense, is about the node itself, too old, or
/// about a peer that has died since, is left out. The others get a reference each.
final class IncomingEntries {

    private final ProfileSpace space;
    private final PeerTable table;
    private final DescriptorPolicy policy;
    private final SemanticCounters counters;
    private final PeerDescriptor descriptor = new PeerDescriptor();

    /// What came, until it is merged or released.
    final EntryList list;

    IncomingEntries(
            SemanticConfig config,
            ProfileSpace space,
            PeerTable table,
            DescriptorPolicy policy,
            SemanticCounters counters,
            int rowBytes,
            Arena arena) {
        this.space = space;
        this.table = table;
        this.policy = policy;
        this.counters = counters;
        int capacity = capacityOf(config);
        MemorySegment memory = arena.allocate(EntryList.bytes(capacity, rowBytes), 64);
        list = new EntryList(memory, capacity, rowBytes);
    }

    /// {@return the most entries of a message that are read}
    static int capacityOf(SemanticConfig config) {
        return config.messageEntries() + SemanticConfig.MAX_PROFILES;
    }

    /// Reads a message of a peer whom the table knows.
    ///
    /// @param solicited whether it answers a request of the node
    void read(SemanticMessage in, BoundNode node, long sender, boolean solicited, long nowNs) {
        list.clear();
        int size = Math.min(in.size(), list.capacity());
        for (int i = 0; i < size; i++) {
            if (!readEntry(in, i, node, sender, solicited, nowNs)) {
                counters.rejected++;
            }
        }
    }

    /// Gives back what nobody wants.
    void release() {
        for (int i = 0; i < list.size(); i++) {
            table.release(list.peerAt(i));
        }
        list.clear();
    }

    /// {@return false if the entry makes no sense or is not believed}
    private boolean readEntry(
            SemanticMessage in,
            int index,
            BoundNode node,
            long sender,
            boolean solicited,
            long nowNs) {
        in.peerAt(index, descriptor);
        int profile = in.profileAt(index);
        int weight = in.weightAt(index);
        if (profile < 0
                || profile >= SemanticConfig.MAX_PROFILES
                || weight < 0
                || weight > ProfileWeight.MAX
                || !descriptor.isValid()) {
            return false;
        }
        if (isUseless(node)) {
            return true;
        }
        long peer = policy.acquire(descriptor, solicited, nowNs);
        if (peer == PeerTable.NULL_PEER) {
            return false;
        }
        boolean direct = peer == sender;
        int age = direct ? 0 : descriptor.age();
        int at = list.add(peer, profile, in.versionAt(index), age, weight);
        float scale = in.vectorAt(index, list.memory(), list.rowAt(at));
        if (!space.complete(list.memory(), list.rowAt(at), scale)) {
            list.removeAt(at);
            table.release(peer);
            return false;
        }
        list.setFlags(at, direct ? EntryList.DIRECT | EntryList.MET : 0);
        return true;
    }

    private boolean isUseless(BoundNode node) {
        int age = descriptor.age();
        return descriptor.shortId() == table.shortIdOf(node.self())
                || age < 0
                || age > node.maxAge()
                || node.failed.isStale(descriptor.shortId(), age);
    }
}
