package ai.bytesandbrains.engine.overlay;

/// A peer as messages carry it: identity, address, age. A mutable cursor that its owner fills again
/// and again, so that walking over a message allocates nothing.
///
/// Its content may come from outside unchecked; [#isValid] tells whether a [PeerTable] may take it.
/// Not thread-safe.
public final class PeerDescriptor {

    private long id0;
    private long id1;
    private long id2;
    private long id3;
    private int addressKind;
    private long ipHigh;
    private long ipLow;
    private int port;
    private int stream;
    private int age;

    /// Makes an empty, invalid descriptor.
    public PeerDescriptor() {}

    /// Sets the identity.
    ///
    /// @param word0 the short id
    /// @param word1 the second word
    /// @param word2 the third word
    /// @param word3 the fourth word
    /// @return this
    public PeerDescriptor id(long word0, long word1, long word2, long word3) {
        id0 = word0;
        id1 = word1;
        id2 = word2;
        id3 = word3;
        return this;
    }

    /// Sets the address.
    ///
    /// @param kindCode an [Address.Kind#code]
    /// @param ipHigh the upper half of the IP address
    /// @param ipLow the lower half
    /// @param port the port
    /// @param stream the stream
    /// @return this
    public PeerDescriptor address(int kindCode, long ipHigh, long ipLow, int port, int stream) {
        this.addressKind = kindCode;
        this.ipHigh = ipHigh;
        this.ipLow = ipLow;
        this.port = port;
        this.stream = stream;
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

    /// Sets identity and address, age zero.
    ///
    /// @param peer the peer
    /// @return this
    public PeerDescriptor set(Peer peer) {
        PeerId id = peer.id();
        Address at = peer.address();
        return id(id.word0(), id.word1(), id.word2(), id.word3())
                .address(at.kind().code(), at.ipHigh(), at.ipLow(), at.port(), at.stream())
                .age(0);
    }

    /// {@return whether the identity is not the reserved one and the address makes sense}
    public boolean isValid() {
        return id0 != 0 && Address.isValid(addressKind, ipHigh, ipLow, port, stream);
    }

    /// {@return identity and address as a value; allocates}
    ///
    /// @throws IllegalArgumentException if this descriptor is not valid
    public Peer toPeer() {
        return new Peer(
                new PeerId(id0, id1, id2, id3),
                new Address(Address.Kind.ofCode(addressKind), ipHigh, ipLow, port, stream));
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
        return addressKind;
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
        return port;
    }

    /// {@return the stream}
    public int stream() {
        return stream;
    }

    /// {@return the age in exchanges; from outside it may be any int}
    public int age() {
        return age;
    }
}
