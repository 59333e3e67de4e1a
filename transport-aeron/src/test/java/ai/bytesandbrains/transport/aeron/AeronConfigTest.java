package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.bytesandbrains.engine.overlay.Address;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AeronConfigTest {

    private static final AeronConfig IPC = AeronConfig.ipc("/directory", 1);

    @Test
    void shouldKeepEverythingElseWhenOneThingChanges() {
        AeronConfig changed =
                AeronConfig.udp("/directory", "localhost", 4040, 7)
                        .withTermLength(1 << 18)
                        .withLinks(3, 4, 5)
                        .withDriverTimeoutNs(6_000_000)
                        .withReconnectTimeoutNs(8)
                        .withSharedMemory(false);

        assertThat(changed)
                .isEqualTo(
                        new AeronConfig(
                                "/directory",
                                Address.Kind.UDP,
                                "localhost",
                                4040,
                                7,
                                1 << 18,
                                3,
                                4,
                                5,
                                changed.fragmentLimit(),
                                6_000_000,
                                false,
                                8));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1 << 15, (1 << 16) + 1, 1 << 25, -1})
    void shouldRefuseATermLengthThatAeronWouldNotTake(int termLength) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IPC.withTermLength(termLength))
                .withMessageContaining("termLength=" + termLength);
    }

    @Test
    void shouldRefuseBoundsThatAreNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IPC.withLinks(0, 1, 1))
                .withMessageContaining("maxLinks=0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IPC.withLinks(1, 0, 1))
                .withMessageContaining("connectTimeoutNs=0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IPC.withLinks(1, 1, 0))
                .withMessageContaining("idleLinkNs=0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IPC.withDriverTimeoutNs(999_999))
                .withMessageContaining("driverTimeoutNs=999999");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IPC.withReconnectTimeoutNs(-1))
                .withMessageContaining("reconnectTimeoutNs=-1");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void shouldRefuseAStreamThatIsNotPositive(int stream) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AeronConfig.ipc("/directory", stream))
                .withMessageContaining("stream=" + stream);
    }

    @Test
    void shouldRefuseHostsAndPortsThatDoNotFitTheKind() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AeronConfig.udp("/directory", null, 1, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AeronConfig.udp("/directory", " ", 1, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AeronConfig.udp("/directory", "localhost", 65_536, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                new AeronConfig(
                                        "/d",
                                        Address.Kind.MEMORY,
                                        null,
                                        0,
                                        1,
                                        1 << 16,
                                        1,
                                        1,
                                        1,
                                        1,
                                        1_000_000,
                                        true,
                                        0));
    }
}
