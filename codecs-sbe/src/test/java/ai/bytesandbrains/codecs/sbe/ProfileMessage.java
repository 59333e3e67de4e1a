package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.semantic.PeerDigest;
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
        Known digest,
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

    /// Whom the sender knows: a row of id, age, profiles and versions for each peer.
    record Known(int partBits, int part, List<List<Long>> peers) implements PeerDigest {

        static Known random(Random random) {
            List<List<Long>> peers = new ArrayList<>();
            for (int i = random.nextInt(40); i > 0; i--) {
                long age = random.nextInt(MAX_AGE + 1);
                peers.add(
                        List.of(
                                random.nextLong(),
                                age,
                                (long) random.nextInt(256),
                                (long) random.nextInt(65_536)));
            }
            return peers.isEmpty()
                    ? none()
                    : new Known(random.nextInt(256), random.nextInt(65_536), peers);
        }

        static Known none() {
            return new Known(0, 0, List.of());
        }

        static Known copy(PeerDigest digest) {
            List<List<Long>> peers = new ArrayList<>();
            for (int i = 0; i < digest.size(); i++) {
                peers.add(
                        List.of(
                                digest.idAt(i),
                                (long) digest.ageAt(i),
                                (long) digest.profilesAt(i),
                                (long) digest.versionsAt(i)));
            }
            return new Known(digest.partBits(), digest.part(), peers);
        }

        @Override
        public int size() {
            return peers.size();
        }

        @Override
        public long idAt(int index) {
            return peers.get(index).getFirst();
        }

        @Override
        public int ageAt(int index) {
            return peers.get(index).get(1).intValue();
        }

        @Override
        public int profilesAt(int index) {
            return peers.get(index).get(2).intValue();
        }

        @Override
        public int versionsAt(int index) {
            return peers.get(index).get(3).intValue();
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
                find ? Known.none() : Known.random(random),
                from);
    }

    /// The same message with another list of whom the sender knows.
    ProfileMessage with(Known known) {
        return new ProfileMessage(
                kind,
                requestId,
                dimensions,
                from,
                entries,
                wanted,
                isFarthest,
                asked,
                known,
                fromPeer);
    }

    /// The same message in a network of signed descriptors.
    ProfileMessage signed(Random random) {
        Peers.sign(fromPeer, random);
        entries.forEach(entry -> Peers.sign(entry.peer, random));
        return copy(this);
    }

    /// Takes the proof of a profile's peer away.
    void withoutProof(int index) {
        PeerDescriptor peer = entries.get(index).peer;
        peer.id(peer.shortId(), peer.id1(), peer.id2(), peer.id3());
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
                Known.copy(message.digest()),
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
        return "%s %d %d %s %s %d %b %s %s"
                .formatted(
                        kind,
                        requestId,
                        dimensions,
                        from,
                        entries,
                        wanted,
                        isFarthest,
                        asked,
                        digest);
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
