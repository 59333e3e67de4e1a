package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.Peers;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A message as values: one that was sent, or one that a test makes up.
record SemanticCopy(
        SemanticKind kind,
        long requestId,
        PeerDescriptor from,
        List<Entry> entries,
        int wanted,
        boolean isFarthest,
        Entry asked,
        DigestCopy digest)
        implements SemanticMessage {

    /// A profile; of a query only components and scale count.
    static final class Entry {
        private final PeerDescriptor peer;
        private final int profile;
        private final int version;
        private final byte[] components;
        private final float scale;
        private final int weight;

        Entry(
                PeerDescriptor peer,
                int profile,
                int version,
                byte[] components,
                float scale,
                int weight) {
            this.weight = weight;
            this.peer = peer;
            this.profile = profile;
            this.version = version;
            this.components = components;
            this.scale = scale;
        }

        static Entry of(int number, int profile, int version, int age, byte... components) {
            return new Entry(
                    Peers.descriptor(number).age(age), profile, version, components, 1f, 8);
        }

        Entry withScale(float otherScale) {
            return new Entry(peer, profile, version, components, otherScale, weight);
        }

        PeerDescriptor peer() {
            return peer;
        }

        int profile() {
            return profile;
        }

        int version() {
            return version;
        }

        byte[] components() {
            return components;
        }
    }

    static SemanticCopy exchange(long requestId, int from, Entry... entries) {
        return of(SemanticKind.EXCHANGE, requestId, from, entries);
    }

    static SemanticCopy of(SemanticKind kind, long requestId, int from, Entry... entries) {
        return new SemanticCopy(
                kind,
                requestId,
                Peers.descriptor(from),
                List.of(entries),
                0,
                false,
                null,
                DigestCopy.NONE);
    }

    static SemanticCopy find(long requestId, int from, int wanted, boolean far, byte... query) {
        return new SemanticCopy(
                SemanticKind.FIND,
                requestId,
                Peers.descriptor(from),
                List.of(),
                wanted,
                far,
                Entry.of(from, 0, 0, 0, query),
                DigestCopy.NONE);
    }

    static SemanticCopy copy(SemanticMessage message) {
        PeerDescriptor from = new PeerDescriptor();
        message.sender(from);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < message.size(); i++) {
            PeerDescriptor peer = new PeerDescriptor();
            message.peerAt(i, peer);
            byte[] components = new byte[message.dimensions()];
            float scale = message.vectorAt(i, MemorySegment.ofArray(components), 0);
            entries.add(
                    new Entry(
                            Peers.copy(peer),
                            message.profileAt(i),
                            message.versionAt(i),
                            components,
                            scale,
                            message.weightAt(i)));
        }
        boolean find = message.kind() == SemanticKind.FIND;
        Entry asked = null;
        if (find) {
            byte[] query = new byte[message.dimensions()];
            float scale = message.query(MemorySegment.ofArray(query), 0);
            asked = new Entry(null, 0, 0, query, scale, 0);
        }
        return new SemanticCopy(
                message.kind(),
                message.requestId(),
                Peers.copy(from),
                entries,
                find ? message.wanted() : 0,
                find && message.isFarthest(),
                asked,
                DigestCopy.copy(message.digest()));
    }

    /// The same message with a list of whom the sender knows.
    SemanticCopy with(DigestCopy known) {
        return new SemanticCopy(kind, requestId, from, entries, wanted, isFarthest, asked, known);
    }

    /// The short ids of all entries.
    List<Long> peers() {
        return entries.stream().map(entry -> entry.peer().shortId()).toList();
    }

    @Override
    public int dimensions() {
        return entries.isEmpty() && asked == null
                ? OneSemanticNode.DIMENSIONS
                : (asked != null ? asked : entries.getFirst()).components().length;
    }

    @Override
    public void sender(PeerDescriptor into) {
        Peers.copyInto(from, into);
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public void peerAt(int index, PeerDescriptor into) {
        Peers.copyInto(entries.get(index).peer(), into);
    }

    @Override
    public int profileAt(int index) {
        return entries.get(index).profile;
    }

    @Override
    public int versionAt(int index) {
        return entries.get(index).version();
    }

    @Override
    public int weightAt(int index) {
        return entries.get(index).weight;
    }

    @Override
    public float vectorAt(int index, MemorySegment into, long offset) {
        return copy(entries.get(index), into, offset);
    }

    @Override
    public float query(MemorySegment into, long offset) {
        return copy(asked, into, offset);
    }

    private static float copy(Entry entry, MemorySegment into, long offset) {
        byte[] components = entry.components();
        MemorySegment.copy(MemorySegment.ofArray(components), 0, into, offset, components.length);
        return entry.scale;
    }
}
