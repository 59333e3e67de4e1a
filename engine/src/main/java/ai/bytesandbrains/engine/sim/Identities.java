package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

/// Who the nodes of a simulation are: identities and addresses that follow from the seed and a
/// node's number, so that nobody has to keep them. No two numbers share an identity.
final class Identities {

    private final long seed;

    Identities(long seed) {
        this.seed = seed;
    }

    /// Fills in identity and address; the age becomes zero.
    void describe(int number, PeerDescriptor into) {
        long shortId = shortIdOf(number);
        into.id(shortId, number, ~shortId, seed)
                .address(Address.Kind.MEMORY.code(), 0, 0, 0, number + 1)
                .age(0);
    }

    /// The number of exactly this peer, or -1 if it is none of a simulation's.
    int numberOf(PeerDescriptor peer) {
        int number = (int) peer.id1();
        boolean same =
                number >= 0
                        && peer.id1() == number
                        && peer.shortId() == shortIdOf(number)
                        && peer.id2() == ~peer.shortId()
                        && peer.id3() == seed
                        && peer.addressKind() == Address.Kind.MEMORY.code()
                        && (peer.ipHigh() | peer.ipLow() | peer.port()) == 0
                        && peer.stream() == number + 1;
        return same ? number : -1;
    }

    /// A bijection of the numbers, so unique; 0, which is reserved, is no number's in practice.
    private long shortIdOf(int number) {
        return Chance.hash(seed, number);
    }
}
