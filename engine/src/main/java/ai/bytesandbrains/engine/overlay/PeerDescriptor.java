package ai.bytesandbrains.engine.overlay;

/// A peer as messages carry it: identity, address, age. A mutable cursor that its owner fills again
/// and again, so that walking over a message allocates nothing.
///
/// Its content may come from outside unchecked; [#isValid] tells whether a [PeerTable] may take it.
/// A signed one carries a proof too: the public key that the identity is the hash of, when it was
/// issued, and a signature over all of it; whether that holds, a [DescriptorVerifier] tells. Not
/// thread-safe.
public final class PeerDescriptor {

    /// The words of a proof: four of the public key, then eight of the signature.
    public static final int PROOF_WORDS = 12;

    /// How many of them are the public key.
    static final int KEY_WORDS = 4;

    private long id0;
    private long id1;
    private long id2;
    private long id3;
    private long ipHigh;
    private long ipLow;
    private long place;
    private int age;
    private boolean signed;
    private int sequence;
    private long issuedAtMs;
    private long[] proof;
    private long handle;

    /// Makes an empty, invalid descriptor.
    public PeerDescriptor() {}

    /// Sets the identity, and takes any proof away.
    ///
    /// @param word0 the short id
    /// @param word1 the second word
    /// @param word2 the third word
    /// @param word3 the fourth word
    /// @return this
    public PeerDescriptor id(long word0, long word1, long word2, long word3) {
        handle = PeerTable.NULL_PEER;
        id0 = word0;
        id1 = word1;
        id2 = word2;
        id3 = word3;
        signed = false;
        return this;
    }

    /// Sets the address. A kind or port that no address can have makes it one without kind, port
    /// and stream.
    ///
    /// @param kindCode an [Address.Kind#code]
    /// @param ipHigh the upper half of the IP address
    /// @param ipLow the lower half
    /// @param port the port
    /// @param stream the stream
    /// @return this
    public PeerDescriptor address(int kindCode, long ipHigh, long ipLow, int port, int stream) {
        return address(ipHigh, ipLow, Address.place(kindCode, port, stream));
    }

    /// Sets the address.
    ///
    /// @param ipHigh the upper half of the IP address
    /// @param ipLow the lower half
    /// @param place kind, port and stream, as [Address#place] puts them into one word
    /// @return this
    public PeerDescriptor address(long ipHigh, long ipLow, long place) {
        this.ipHigh = ipHigh;
        this.ipLow = ipLow;
        this.place = place;
        return this;
    }

    /// Sets the age.
    ///
    /// @param age in exchanges
    /// @return this
    public PeerDescriptor age(int age) {
        this.age = age;
        return this;
    }

    /// Makes the descriptor a signed one, whose proof is then to be filled in. The first call in
    /// the life of a descriptor allocates.
    ///
    /// @param sequence grows with every start of the peer, unsigned
    /// @param issuedAtMs when it was signed, in milliseconds since 1970
    /// @return this
    public PeerDescriptor signed(int sequence, long issuedAtMs) {
        if (proof == null) {
            proof = new long[PROOF_WORDS];
        }
        this.signed = true;
        this.sequence = sequence;
        this.issuedAtMs = issuedAtMs;
        return this;
    }

    /// Sets a word of the proof.
    ///
    /// @param index from 0 to [#PROOF_WORDS]` - 1`
    /// @param word eight bytes, the first one most significant
    /// @return this
    /// @throws IllegalStateException if the descriptor is not signed
    public PeerDescriptor proofWord(int index, long word) {
        requireSigned();
        proof[index] = word;
        return this;
    }

    /// Sets identity and address, age zero.
    ///
    /// @param peer the peer
    /// @return this
    public PeerDescriptor set(Peer peer) {
        PeerId id = peer.id();
        Address at = peer.address();
        return id(id.word0(), id.word1(), id.word2(), id.word3())
                .address(at.ipHigh(), at.ipLow(), at.place())
                .age(0);
    }

    /// Sets identity and address to those of another, age zero, without its proof.
    ///
    /// @param peer the peer
    /// @return this
    public PeerDescriptor set(PeerDescriptor peer) {
        return id(peer.id0, peer.id1, peer.id2, peer.id3).address(peer).age(0);
    }

    /// Sets the address to that of another.
    ///
    /// @param peer whose address
    /// @return this
    public PeerDescriptor address(PeerDescriptor peer) {
        return address(peer.ipHigh, peer.ipLow, peer.place);
    }

    /// {@return whether the address is the same as that of another}
    ///
    /// @param other whose
    public boolean isAt(PeerDescriptor other) {
        return place == other.place && ipHigh == other.ipHigh && ipLow == other.ipLow;
    }

    /// Says where in a [PeerTable] the peer may be found. Only a hint, which the table checks
    /// against the whole identity; setting the identity clears it.
    ///
    /// @param handle a handle, stale or of another table for all that is known
    /// @return this
    public PeerDescriptor handle(long handle) {
        this.handle = handle;
        return this;
    }

    /// {@return whether the identity is not the reserved one and the address makes sense}
    public boolean isValid() {
        return id0 != 0 && Address.isValid(ipHigh, ipLow, place);
    }

    /// {@return identity and address as a value; allocates}
    ///
    /// @throws IllegalArgumentException if this descriptor is not valid
    public Peer toPeer() {
        return new Peer(
                new PeerId(id0, id1, id2, id3),
                new Address(Address.Kind.ofCode(addressKind()), ipHigh, ipLow, port(), stream()));
    }

    /// {@return where the peer may be found, or [PeerTable#NULL_PEER]}
    public long handle() {
        return handle;
    }

    /// {@return the first 64 bits of the identity}
    public long shortId() {
        return id0;
    }

    /// {@return the second word of the identity}
    public long id1() {
        return id1;
    }

    /// {@return the third word of the identity}
    public long id2() {
        return id2;
    }

    /// {@return the fourth word of the identity}
    public long id3() {
        return id3;
    }

    /// {@return the address' [Address.Kind#code]}
    public int addressKind() {
        return Address.kindOf(place);
    }

    /// {@return the upper half of the IP address}
    public long ipHigh() {
        return ipHigh;
    }

    /// {@return the lower half of the IP address}
    public long ipLow() {
        return ipLow;
    }

    /// {@return the port}
    public int port() {
        return Address.portOf(place);
    }

    /// {@return the stream}
    public int stream() {
        return Address.streamOf(place);
    }

    /// {@return kind, port and stream, as [Address#place] puts them into one word}
    public long place() {
        return place;
    }

    /// {@return whether it carries a proof, which may be wrong}
    public boolean isSigned() {
        return signed;
    }

    /// {@return what grows with every start of the peer, unsigned; zero without a proof}
    public int sequence() {
        return signed ? sequence : 0;
    }

    /// {@return when it was signed, in milliseconds since 1970; zero without a proof}
    public long issuedAtMs() {
        return signed ? issuedAtMs : 0;
    }

    /// {@return a word of the proof}
    ///
    /// @param index from 0 to [#PROOF_WORDS]` - 1`
    /// @throws IllegalStateException if the descriptor is not signed
    public long proofWord(int index) {
        requireSigned();
        return proof[index];
    }

    private void requireSigned() {
        if (!signed) {
            throw new IllegalStateException("id0=0x%016x: not signed".formatted(id0));
        }
    }

    /// {@return the age in exchanges; from outside it may be any int}
    public int age() {
        return age;
    }
}
