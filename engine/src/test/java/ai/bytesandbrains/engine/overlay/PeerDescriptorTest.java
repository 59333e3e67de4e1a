package ai.bytesandbrains.engine.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

import java.util.List;

class PeerDescriptorTest {

    private final Peer peer = new Peer(new PeerId(1, 2, 3, 4), Address.udp4(0x7f000001, 40123, 9));
    private final PeerDescriptor descriptor = new PeerDescriptor().set(peer).age(7);

    @Test
    void shouldGiveBackWhatItWasSetTo() {
        assertThat(descriptor.toPeer()).isEqualTo(peer);
        assertThat(descriptor.addressKind()).isEqualTo(Address.Kind.UDP.code());
        assertThat(descriptor.port()).isEqualTo(40123);
        assertThat(descriptor.stream()).isEqualTo(9);
        assertThat(descriptor.place()).isEqualTo(Address.place(2, 40123, 9));
        assertThat(descriptor.age()).isEqualTo(7);
        assertThat(descriptor.isValid()).isTrue();
    }

    @Test
    void shouldCopyIdentityAndAddressAndNothingElse() {
        PeerDescriptor signed = new PeerDescriptor().set(peer).age(7).handle(5).signed(3, 4);

        PeerDescriptor copy = new PeerDescriptor().signed(1, 1).set(signed);

        assertThat(copy.toPeer()).isEqualTo(peer);
        assertThat(copy.age()).isZero();
        assertThat(copy.handle()).isEqualTo(PeerTable.NULL_PEER);
        assertThat(copy.isSigned()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> copy.proofWord(0));
    }

    @Test
    void shouldCompareAddressesInEveryField() {
        PeerDescriptor other = new PeerDescriptor().id(9, 9, 9, 9).address(descriptor);
        assertThat(other.isAt(descriptor)).isTrue();

        long high = descriptor.ipHigh();
        long low = descriptor.ipLow();
        for (PeerDescriptor elsewhere :
                List.of(
                        new PeerDescriptor().address(2, high + 1, low, 40123, 9),
                        new PeerDescriptor().address(2, high, low + 1, 40123, 9),
                        new PeerDescriptor().address(2, high, low, 40124, 9),
                        new PeerDescriptor().address(2, high, low, 40123, 8),
                        new PeerDescriptor().address(1, high, low, 40123, 9))) {
            assertThat(elsewhere.isAt(descriptor)).isFalse();
        }
    }

    @Test
    void shouldNotBeValidWithFieldsThatNoAddressHas() {
        assertThat(descriptor.address(2, 0, 1, 1 << 16, 1).isValid()).isFalse();
        assertThat(descriptor.address(2, 0, 1, -1, 1).isValid()).isFalse();
        assertThat(descriptor.address(258, 0, 1, 1, 1).isValid()).isFalse();
        assertThat(descriptor.address(2, 0, 1, 1, 1).isValid()).isTrue();
        assertThat(descriptor.id(0, 1, 1, 1).isValid()).isFalse();
    }
}
