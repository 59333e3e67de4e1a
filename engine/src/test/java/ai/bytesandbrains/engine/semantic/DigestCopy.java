package ai.bytesandbrains.engine.semantic;

import java.util.ArrayList;
import java.util.List;

/// A list of whom somebody knows as values: one that was sent, or one that a test makes up.
record DigestCopy(int partBits, int part, List<Known> peers) implements PeerDigest {

    static final DigestCopy NONE = new DigestCopy(0, 0, List.of());

    /// A peer in it.
    record Known(long id, int age, int profiles, int versions) {}

    /// A list of all parts.
    static DigestCopy of(Known... peers) {
        return new DigestCopy(0, 0, List.of(peers));
    }

    static DigestCopy copy(PeerDigest digest) {
        List<Known> peers = new ArrayList<>();
        for (int i = 0; i < digest.size(); i++) {
            peers.add(
                    new Known(
                            digest.idAt(i),
                            digest.ageAt(i),
                            digest.profilesAt(i),
                            digest.versionsAt(i)));
        }
        return new DigestCopy(digest.partBits(), digest.part(), peers);
    }

    List<Long> ids() {
        return peers.stream().map(Known::id).toList();
    }

    /// What it says of a peer, or null.
    Known of(long id) {
        return peers.stream().filter(peer -> peer.id() == id).findFirst().orElse(null);
    }

    @Override
    public int size() {
        return peers.size();
    }

    @Override
    public long idAt(int index) {
        return peers.get(index).id();
    }

    @Override
    public int ageAt(int index) {
        return peers.get(index).age();
    }

    @Override
    public int profilesAt(int index) {
        return peers.get(index).profiles();
    }

    @Override
    public int versionsAt(int index) {
        return peers.get(index).versions();
    }
}
