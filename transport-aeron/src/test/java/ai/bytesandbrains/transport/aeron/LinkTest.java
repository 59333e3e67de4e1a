package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aeron.Aeron;
import io.aeron.Subscription;
import io.aeron.exceptions.RegistrationException;

import org.agrona.CloseHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinkTest {

    private static final int STREAM = 501;

    private final EmbeddedDriver driver = EmbeddedDriver.launch();
    private final Aeron aeron =
            Aeron.connect(
                    new Aeron.Context()
                            .aeronDirectoryName(driver.aeronDirectory())
                            .useConductorAgentInvoker(true));
    private final TransportCounters counters = new TransportCounters();
    private final Link link = new Link();

    @AfterEach
    void close() {
        CloseHelper.closeAll(aeron, driver);
    }

    private int step() {
        return aeron.conductorAgentInvoker().invoke();
    }

    @Test
    void shouldKnowTheEndOfItsStream() {
        Subscription subscription = aeron.addSubscription("aeron:ipc", STREAM);
        link.open(
                aeron,
                1,
                "aeron:ipc?term-length=64k|init-term-id=0|term-id=2147483647|term-offset=65344",
                STREAM,
                0);
        Await.until("it is connected", () -> link.checkConnected(0), this::step);
        for (int i = 0; i < 3; i++) {
            link.addWaiting(64);
        }

        Await.until(
                "it is spent",
                link::isSpent,
                () -> {
                    subscription.poll((buffer, offset, length, header) -> {}, 10);
                    return step() + link.flush(counters);
                });

        assertThat(counters.framesSent()).isEqualTo(2);
        assertThat(link.hasWaiting()).isTrue();
    }

    @Test
    void shouldBeAsNewAfterItWasClosed() {
        link.open(aeron, 1, "aeron:ipc", STREAM, 0);
        link.addWaiting(64);

        assertThat(link.close()).isEqualTo(1);

        assertThat(link.isUsed()).isFalse();
        assertThat(link.hasWaiting()).isFalse();
        assertThat(link.isSpent()).isFalse();
        assertThat(link.close()).isZero();
    }

    @Test
    void shouldTellThatTheDriverRefusesTheChannel() {
        link.open(aeron, 1, "aeron:ipc?term-length=17", STREAM, 0);

        assertThatThrownBy(
                        () ->
                                Await.until(
                                        "it is refused", () -> link.checkConnected(0), this::step))
                .isInstanceOf(RegistrationException.class);

        assertThat(link.close()).isZero();
    }

    @Test
    void shouldStayUnusedWhenTheClientTakesNoCommand() {
        aeron.close();

        assertThatThrownBy(() -> link.open(aeron, 1, "aeron:ipc", STREAM, 0))
                .isInstanceOf(RuntimeException.class);

        assertThat(link.isUsed()).isFalse();
    }
}
