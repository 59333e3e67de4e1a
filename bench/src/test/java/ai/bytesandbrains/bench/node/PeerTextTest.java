package ai.bytesandbrains.bench.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;

class PeerTextTest {
    @Test
    void shouldReadWhatItWrites() {
        final PeerId id = PeerId.random(new SplittableRandom(1));
        for (final Address address :
                new Address[] {
                    Address.ipc(7),
                    Address.udp4(0x7f000001, 4040, 9),
                    Address.udp6(0x2001L << 48, 1, 65_535, 1)
                }) {
            final Peer peer = new Peer(id, address);

            assertThat(PeerText.peer(PeerText.of(peer), "any")).isEqualTo(peer);
        }
    }

    @Test
    void shouldTakeHostAndPortAlone() {
        final Address address = Address.udp4(0x7f000001, 4040, PeerText.DEFAULT_STREAM);

        assertThat(PeerText.peer("127.0.0.1:4040", "net"))
                .isEqualTo(PeerText.peer("udp/localhost:4040/1001", "net"))
                .isEqualTo(new Peer(PeerText.idOf("net", address), address));
        assertThat(PeerText.idOf("net", address)).isNotEqualTo(PeerText.idOf("other", address));
        assertThat(PeerText.place("127.0.0.1:0").isFixed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "4040",
                "ipc/0",
                "ipc/x",
                "ipc/9999999999",
                "127.0.0.1",
                "127.0.0.1:65536",
                "127.0.0.1:0",
                "127.0.0.1:1/0",
                "tcp/127.0.0.1:1/2",
                "aeron:udp?endpoint=localhost:1",
                "::1:4040",
                "abc@127.0.0.1:4040"
            })
    void shouldRefuseEverythingElse(final String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PeerText.peer(text, "net"));
    }
}
