package ai.bytesandbrains.engine.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTest {

    private static final int IPC = Address.Kind.IPC.code();
    private static final int UDP = Address.Kind.UDP.code();
    private static final int MEMORY = Address.Kind.MEMORY.code();

    @ParameterizedTest
    @CsvSource({
        "1, 0, 0, 0, 1, true",
        "1, 0, 0, 0, 0, false",
        "1, 0, 0, 0, -1, false",
        "1, 0, 0, 5, 1, false",
        "1, 1, 0, 0, 1, false",
        "1, 0, 1, 0, 1, false",
        "2, 0, 1, 1, 1, true",
        "2, 1, 0, 65535, 1, true",
        "2, 0, 0, 1, 1, false",
        "2, 0, 1, 0, 1, false",
        "2, 0, 1, -1, 1, false",
        "2, 0, 1, 65536, 1, false",
        "2, 0, 1, 1, 0, false",
        "3, 0, 0, 0, 7, true",
        "3, 0, 0, 1, 7, false",
        "3, 0, 2, 0, 7, false",
        "0, 0, 0, 0, 1, false",
        "4, 0, 0, 0, 1, false",
        "255, 0, 1, 1, 1, false",
    })
    void shouldTellWhatMakesAnAddress(
            int kind, long high, long low, int port, int stream, boolean valid) {
        assertThat(Address.isValid(kind, high, low, port, stream)).isEqualTo(valid);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, 1",
        "2, 65535, 2147483647",
        "2, 1, -1",
        "3, 0, -2147483648",
        "255, 32768, 0",
    })
    void shouldKeepKindPortAndStreamInOneWord(int kind, int port, int stream) {
        long place = Address.place(kind, port, stream);

        assertThat(Address.kindOf(place)).isEqualTo(kind);
        assertThat(Address.portOf(place)).isEqualTo(port);
        assertThat(Address.streamOf(place)).isEqualTo(stream);
        assertThat(place >>> 56).isZero();
    }

    @ParameterizedTest
    @CsvSource({"256, 1, 1", "-1, 1, 1", "2, 65536, 1", "2, -1, 1", "65538, 1, 1"})
    void shouldMakeNoAddressOfWhatDoesNotFitIntoTheWord(int kind, int port, int stream) {
        assertThat(Address.place(kind, port, stream)).isZero();
        assertThat(Address.isValid(0, 1, Address.place(kind, port, stream))).isFalse();
    }

    @Test
    void shouldTakeNoWordWithAnythingAboveTheKind() {
        long place = Address.place(UDP, 40, 1);

        assertThat(Address.isValid(0, 1, place)).isTrue();
        assertThat(Address.isValid(0, 1, place | 1L << 56)).isFalse();
        assertThat(Address.isValid(0, 1, place | 1L << 63)).isFalse();
    }

    @Test
    void shouldRefuseFieldsThatContradictEachOther() {
        assertThatThrownBy(() -> new Address(Address.Kind.UDP, 0, 0, 40, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("port=40");
    }

    @Test
    void shouldRefuseNoKind() {
        assertThatThrownBy(() -> new Address(null, 0, 0, 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldWriteSharedMemory() {
        assertThat(Address.ipc(1001)).hasToString("ipc/1001");
    }

    @Test
    void shouldWriteAMailbox() {
        assertThat(Address.memory(7)).hasToString("memory/7");
    }

    @Test
    void shouldWriteIpv4WithUnsignedBytes() {
        assertThat(Address.udp4(0xc0a8_01ff, 40123, 3)).hasToString("udp/192.168.1.255:40123/3");
    }

    @Test
    void shouldWriteIpv6InBrackets() {
        Address address = Address.udp6(0x2001_0db8_0000_0000L, 0x0000_0000_0000_00ffL, 443, 9);

        assertThat(address).hasToString("udp/[2001:db8:0:0:0:0:0:ff]:443/9");
    }

    @Test
    void shouldKnowMappedIpv4() {
        assertThat(Address.udp4(-1, 1, 1).isIpv4()).isTrue();
    }

    @Test
    void shouldNotTakeIpv6ForIpv4() {
        assertThat(Address.udp6(1, 0x0000_ffff_0000_0000L, 1, 1).isIpv4()).isFalse();
    }

    @Test
    void shouldFindEveryKindByItsCode() {
        for (Address.Kind kind : Address.Kind.values()) {
            assertThat(Address.Kind.ofCode(kind.code())).isSameAs(kind);
        }
    }

    @Test
    void shouldNeverChangeTheCodesOnTheWire() {
        assertThat(new int[] {IPC, UDP, MEMORY}).containsExactly(1, 2, 3);
    }
}
