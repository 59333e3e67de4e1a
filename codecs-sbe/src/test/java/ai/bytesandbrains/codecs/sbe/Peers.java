package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerId;

import java.util.Random;

/// Peers for tests.
final class Peers {

    private Peers() {}

    /// A peer with the short id `number`, in a mailbox of that number.
    static Peer peer(int number) {
        return new Peer(
                new PeerId(number, number * 31L, ~number, number * 17L), Address.memory(number));
    }

    /// A descriptor with every field drawn, as valid as it has to be.
    static PeerDescriptor random(Random random) {
        PeerId id = PeerId.random(random);
        Address address =
                switch (random.nextInt(4)) {
                    case 0 -> Address.ipc(1 + random.nextInt(Integer.MAX_VALUE));
                    case 1 -> Address.memory(1 + random.nextInt(Integer.MAX_VALUE));
                    case 2 -> Address.udp4(random.nextInt(), port(random), 1);
                    default ->
                            Address.udp6(random.nextLong(), random.nextLong() | 1, port(random), 9);
                };
        return new PeerDescriptor().set(new Peer(id, address)).age(random.nextInt());
    }

    static PeerDescriptor random(Random random, long shortId) {
        PeerDescriptor peer = random(random);
        return peer.id(shortId, peer.id1(), peer.id2(), peer.id3());
    }

    static void copy(PeerDescriptor from, PeerDescriptor into) {
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

    /// Gives a descriptor a proof of random bits.
    static PeerDescriptor sign(PeerDescriptor peer, Random random) {
        peer.signed(random.nextInt(), random.nextLong());
        for (int i = 0; i < PeerDescriptor.PROOF_WORDS; i++) {
            peer.proofWord(i, random.nextLong());
        }
        return peer;
    }

    static String text(PeerDescriptor peer) {
        StringBuilder text = new StringBuilder();
        text.append(peer.toPeer()).append(peer.toPeer().id()).append(" age=").append(peer.age());
        if (peer.isSigned()) {
            text.append(" proof=").append(peer.sequence()).append('/').append(peer.issuedAtMs());
            for (int i = 0; i < PeerDescriptor.PROOF_WORDS; i++) {
                text.append('/').append(peer.proofWord(i));
            }
        }
        return text.toString();
    }

    private static int port(Random random) {
        return 1 + random.nextInt(65_535);
    }
}
