package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.semantic.SemanticKind;
import ai.bytesandbrains.engine.semantic.SemanticMessage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A message of the semantic overlay as a value, made up or copied.
record ProfileMessage(
        SemanticKind kind,
        long requestId,
        int dimensions,
        String from,
        List<Entry> entries,
        int wanted,
        boolean isFarthest,
        Vector asked,
        PeerDescriptor fromPeer)
        implements SemanticMessage {

    static final int DIMENSIONS = 13;
    static final int MAX_ENTRIES = 12;

    /// Components and what they are multiplied with.
    record Vector(List<Byte> components, float scale) {

        static Vector random(Random random) {
            byte[] bytes = new byte[DIMENSIONS];
            random.nextBytes(bytes);
            return new Vector(list(bytes), random.nextFloat());
        }

        float copyInto(MemorySegment into, long offset) {
            for (int i = 0; i < components.size(); i++) {
                into.set(ValueLayout.JAVA_BYTE, offset + i, components.get(i));
            }
            return scale;
        }

        private static List<Byte> list(byte[] bytes) {
            List<Byte> list = new ArrayList<>();
            for (byte b : bytes) {
                list.add(b);
            }
            return List.copyOf(list);
        }
    }

    /// A profile.
    static final class Entry {
        private final PeerDescriptor peer;
        private final int profile;
        private final int version;
        private final int weight;
        private final Vector vector;

        Entry(PeerDescriptor peer, int profile, int version, int weight, Vector vector) {
            this.peer = peer;
            this.profile = profile;
            this.version = version;
            this.weight = weight;
            this.vector = vector;
        }

        private String text() {
            return Peers.text(peer) + "/" + profile + "/" + version + "/" + weight + vector;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entry entry && text().equals(entry.text());
        }

        @Override
        public int hashCode() {
            return text().hashCode();
        }

        @Override
        public String toString() {
            return text();
        }
    }

    static ProfileMessage random(Random random, SemanticKind kind, long sender) {
        boolean find = kind == SemanticKind.FIND;
        List<Entry> entries = new ArrayList<>();
        for (int i = find ? 0 : random.nextInt(MAX_ENTRIES + 1); i > 0; i--) {
            entries.add(
                    new Entry(
                            Peers.random(random),
                            random.nextInt(256),
                            random.nextInt(),
                            random.nextInt(256),
                            Vector.random(random)));
        }
        PeerDescriptor from = Peers.random(random, sender);
        return new ProfileMessage(
                kind,
                random.nextLong(),
                DIMENSIONS,
                Peers.text(from),
                List.copyOf(entries),
                find ? random.nextInt(65_536) : 0,
                find && random.nextBoolean(),
                find ? Vector.random(random) : null,
                from);
    }

    static ProfileMessage copy(SemanticMessage message) {
        PeerDescriptor from = new PeerDescriptor();
        message.sender(from);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < message.size(); i++) {
            PeerDescriptor peer = new PeerDescriptor();
            message.peerAt(i, peer);
            byte[] bytes = new byte[message.dimensions()];
            float scale = message.vectorAt(i, MemorySegment.ofArray(bytes), 0);
            entries.add(
                    new Entry(
                            peer,
                            message.profileAt(i),
                            message.versionAt(i),
                            message.weightAt(i),
                            new Vector(Vector.list(bytes), scale)));
        }
        boolean find = message.kind() == SemanticKind.FIND;
        Vector asked = null;
        if (find) {
            byte[] bytes = new byte[message.dimensions()];
            float scale = message.query(MemorySegment.ofArray(bytes), 0);
            asked = new Vector(Vector.list(bytes), scale);
        }
        return new ProfileMessage(
                message.kind(),
                message.requestId(),
                message.dimensions(),
                Peers.text(from),
                List.copyOf(entries),
                message.wanted(),
                message.isFarthest(),
                asked,
                from);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProfileMessage that && toString().equals(that.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    @Override
    public String toString() {
        return "%s %d %d %s %s %d %b %s"
                .formatted(kind, requestId, dimensions, from, entries, wanted, isFarthest, asked);
    }

    @Override
    public void sender(PeerDescriptor into) {
        Peers.copy(fromPeer, into);
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public void peerAt(int index, PeerDescriptor into) {
        Peers.copy(entries.get(index).peer, into);
    }

    @Override
    public int profileAt(int index) {
        return entries.get(index).profile;
    }

    @Override
    public int versionAt(int index) {
        return entries.get(index).version;
    }

    @Override
    public int weightAt(int index) {
        return entries.get(index).weight;
    }

    @Override
    public float vectorAt(int index, MemorySegment into, long offset) {
        return entries.get(index).vector.copyInto(into, offset);
    }

    @Override
    public float query(MemorySegment into, long offset) {
        return asked.copyInto(into, offset);
    }
}
