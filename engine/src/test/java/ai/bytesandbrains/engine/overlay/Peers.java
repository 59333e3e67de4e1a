package ai.bytesandbrains.engine.overlay;

import java.util.ArrayList;
import java.util.List;

/// Peers for tests, by number.
public final class Peers {

    private Peers() {}

    /// A peer with the short id `number`, in a mailbox of that number.
    public static Peer peer(int number) {
        return new Peer(
                new PeerId(number, number * 31L, ~number, number * 17L), Address.memory(number));
    }

    /// Peers `first` to `last`.
    public static List<Peer> peers(int first, int last) {
        List<Peer> peers = new ArrayList<>();
        for (int number = first; number <= last; number++) {
            peers.add(peer(number));
        }
        return peers;
    }

    public static PeerDescriptor descriptor(int number) {
        return new PeerDescriptor().set(peer(number));
    }

    /// A descriptor that is another object with the same content.
    public static PeerDescriptor copy(PeerDescriptor from) {
        PeerDescriptor copy = new PeerDescriptor();
        copyInto(from, copy);
        return copy;
    }

    public static void copyInto(PeerDescriptor from, PeerDescriptor into) {
        into.id(from.shortId(), from.id1(), from.id2(), from.id3())
                .address(
                        from.addressKind(), from.ipHigh(), from.ipLow(), from.port(), from.stream())
                .age(from.age());
        if (from.isSigned()) {
            into.signed(from.sequence(), from.issuedAtMs());
            for (int i = 0; i < PeerDescriptor.PROOF_WORDS; i++) {
                into.proofWord(i, from.proofWord(i));
            }
        }
    }
}
