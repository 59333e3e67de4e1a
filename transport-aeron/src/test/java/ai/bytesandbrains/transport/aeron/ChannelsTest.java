package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerId;

import io.aeron.ChannelUri;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelsTest {

    private static String channelTo(Address address) {
        Peer peer = new Peer(new PeerId(1, 2, 3, 4), address);
        return Channels.to(new PeerDescriptor().set(peer), 1 << 16);
    }

    @Test
    void shouldNameHostPortAndTermLength() {
        ChannelUri channel = ChannelUri.parse(channelTo(Address.udp4(0x7f000001, 4040, 7)));

        assertThat(channel.media()).isEqualTo("udp");
        assertThat(channel.get("endpoint")).isEqualTo("127.0.0.1:4040");
        assertThat(channel.get("term-length")).isEqualTo("64k");
    }

    @Test
    void shouldBracketIpv6() {
        ChannelUri channel = ChannelUri.parse(channelTo(Address.udp6(0xfe80L << 48, 1, 4040, 7)));

        assertThat(channel.get("endpoint")).isEqualTo("[fe80:0:0:0:0:0:0:1]:4040");
    }

    @Test
    void shouldUseSharedMemoryForIpc() {
        assertThat(ChannelUri.parse(channelTo(Address.ipc(7))).media()).isEqualTo("ipc");
    }

    @Test
    void shouldHaveNoChannelIntoAnotherProcesssMemory() {
        assertThat(channelTo(Address.memory(7))).isNull();
    }

    /// 0.0.0.0, 224.0.0.1, 239.255.255.255 and 255.255.255.255.
    @ParameterizedTest
    @ValueSource(ints = {0, 0xe0000001, 0xefffffff, 0xffffffff})
    void shouldHaveNoChannelToWhatIsNotOneHost(int ipv4) {
        assertThat(channelTo(Address.udp4(ipv4, 4040, 7))).isNull();
    }

    @Test
    void shouldHaveNoChannelToAnIpv6Group() {
        assertThat(channelTo(Address.udp6(0xff02L << 48, 1, 4040, 7))).isNull();
    }
}
