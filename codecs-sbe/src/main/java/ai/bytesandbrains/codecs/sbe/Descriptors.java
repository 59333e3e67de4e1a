package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.AddressKind;
import ai.bytesandbrains.codecs.sbe.wire.PeerDescriptorDecoder;
import ai.bytesandbrains.codecs.sbe.wire.PeerDescriptorEncoder;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

/// Peer descriptors between the engine's cursor and the wire.
final class Descriptors {

    private Descriptors() {}

    static void write(PeerDescriptor from, PeerDescriptorEncoder to) {
        to
                .id0(from.shortId())
                .id1(from.id1())
                .id2(from.id2())
                .id3(from.id3())
                .ipHigh(from.ipHigh())
                .ipLow(from.ipLow())
                .stream(from.stream())
                .port(from.port())
                .addressKind(AddressKind.get((short) from.addressKind()))
                .reserved((short) 0)
                .age(from.age())
                .reserved2(0);
    }

    static void read(PeerDescriptorDecoder from, PeerDescriptor to) {
        to.id(from.id0(), from.id1(), from.id2(), from.id3())
                .address(
                        from.addressKindRaw(),
                        from.ipHigh(),
                        from.ipLow(),
                        from.port(),
                        from.stream())
                .age(from.age());
    }
}
