package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.search.SearchParameters;

import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;

class DriverDeathTest {

    private final EmbeddedDriver driver = EmbeddedDriver.launch();
    private final Cluster cluster = new Cluster(16, 50, ThreadLocalRandom.current().nextLong());
    private final List<Throwable> told = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        cluster.close();
        driver.close();
    }

    private void start(Address.Kind kind) {
        for (int i = 0; i < 2; i++) {
            cluster.add(
                    Cluster.REAL_TIME,
                    AeronTransport.factory(
                            Drivers.config(driver, kind).withReconnectTimeoutNs(0), told::add));
        }
        cluster.join();
    }

    @ParameterizedTest
    @EnumSource(names = {"IPC", "UDP"})
    void shouldEndWithOneErrorThatNamesTheCause(Address.Kind kind) {
        start(kind);

        driver.close();
        Throwable end = catchThrowable(() -> cluster.until("the node ends", () -> false));

        assertThat(end)
                .isInstanceOf(AgentTerminationException.class)
                .hasMessageContainingAll(driver.aeronDirectory(), "shutdown");
        assertThat(told).isEmpty();
    }

    @Test
    void shouldSayTheSameInEveryFurtherCycle() {
        start(Address.Kind.IPC);
        Node node = cluster.node(0);
        driver.close();
        assertThat(endOf(node)).isNotNull();

        for (int i = 0; i < 3; i++) {
            assertThat(catchThrowable(node::doWork)).isInstanceOf(AgentTerminationException.class);
        }
        assertThat(told).isEmpty();
    }

    private static Throwable endOf(Node node) {
        return catchThrowable(() -> Await.until("the node ends", () -> false, node));
    }

    @Test
    void shouldEndWhenItsThreadIsInterrupted() {
        start(Address.Kind.IPC);

        Thread.currentThread().interrupt();
        Throwable end = endOf(cluster.node(0));
        assertThat(Thread.interrupted()).isTrue();

        assertThat(end)
                .isInstanceOf(AgentTerminationException.class)
                .hasMessageContaining("interrupted");
    }

    @Test
    void shouldReleaseThoseWhoWaitForASearch() throws InterruptedException {
        start(Address.Kind.IPC);
        List<Throwable> errors = Collections.synchronizedList(new ArrayList<>());
        AgentRunner runner =
                new AgentRunner(
                        new BackoffIdleStrategy(1, 1, 1_000, 100_000),
                        errors::add,
                        null,
                        cluster.node(0));
        cluster.member(0).handOver();
        AgentRunner.startOnThread(runner);
        // Its peer hangs, so every search waits for the deadline, which is far away.
        SearchParameters patient = SearchParameters.of(5).withDeadlineNs(Cluster.ms(600_000));
        float[] query = cluster.query();
        AtomicReference<Throwable> released = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        Thread searcher =
                new Thread(
                        () -> {
                            released.set(
                                    catchThrowable(() -> cluster.node(0).search(query, patient)));
                            done.countDown();
                        });
        searcher.start();
        Await.until("it waits", () -> cluster.node(0).status().searchesStarted() == 1, () -> 0);

        driver.close();
        done.await();
        searcher.join();
        runner.close();

        assertThat(released.get())
                .satisfiesAnyOf(
                        end -> assertThat(end).isNull(),
                        end -> assertThat(end).hasMessageContaining("is closed"));
        assertThat(errors).singleElement().isInstanceOf(AgentTerminationException.class);
        assertThat(told).isEmpty();
    }
}
