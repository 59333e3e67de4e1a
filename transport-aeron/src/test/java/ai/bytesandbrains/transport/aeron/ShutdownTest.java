package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.space.Metric;

import io.aeron.Aeron;
import io.aeron.AeronCounters;
import io.aeron.exceptions.DriverTimeoutException;
import io.aeron.exceptions.RegistrationException;

import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class ShutdownTest {

    private static final SearchParameters TEN = SearchParameters.of(10);

    private final EmbeddedDriver driver = EmbeddedDriver.launch();
    private final Cluster cluster = new Cluster(16, 50, ThreadLocalRandom.current().nextLong());
    private final FlatIndex index = new FlatIndex(Metric.L2.space(16));

    @AfterEach
    void close() {
        cluster.close();
        driver.close();
        index.close();
    }

    private void start(int nodes, Address.Kind kind) {
        for (int i = 0; i < nodes; i++) {
            cluster.add(Cluster.REAL_TIME, Drivers.transport(driver, kind));
        }
        cluster.join();
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .collect(Collectors.toSet());
    }

    private static void run(AgentRunner runner, List<Thread> into) {
        into.add(AgentRunner.startOnThread(runner));
    }

    private static AgentRunner runner(Node node, List<Throwable> errors) {
        return new AgentRunner(
                new BackoffIdleStrategy(1, 1, 1_000, 100_000),
                error -> {
                    synchronized (errors) {
                        errors.add(error);
                    }
                },
                null,
                node);
    }

    @ParameterizedTest
    @EnumSource(names = {"IPC", "UDP"})
    void shouldLeaveNoDirectoryBehind(Address.Kind kind) {
        start(3, kind);
        Path directory = Path.of(driver.aeronDirectory());
        assertThat(directory).isDirectory();

        cluster.close();
        driver.close();

        assertThat(directory).doesNotExist();
    }

    @Test
    void shouldLeaveNoMappingBehind() throws IOException {
        Path maps = Path.of("/proc/self/maps");
        start(3, Address.Kind.IPC);

        cluster.close();
        driver.close();

        if (Files.isReadable(maps)) {
            try (Stream<String> lines = Files.lines(maps)) {
                assertThat(lines.filter(line -> line.contains(driver.aeronDirectory()))).isEmpty();
            }
        }
    }

    @Test
    void shouldLeaveNoThreadBehind() {
        try (EmbeddedDriver other = EmbeddedDriver.launch();
                Node node =
                        new Node(
                                NodeConfig.of("test"),
                                index,
                                Drivers.transport(other, Address.Kind.IPC))) {
            AgentRunner runner = runner(node, new ArrayList<>());
            run(runner, new ArrayList<>());
            assertThat(threads()).contains(node.roleName());
            runner.close();
            assertThat(threads()).doesNotContain(node.roleName());
        }
        driver.close();

        assertThat(threads())
                .noneMatch(name -> name.contains("driver") || name.contains("conductor"));
    }

    @Test
    void shouldCloseTwice() {
        start(2, Address.Kind.IPC);

        assertThatCode(
                        () -> {
                            cluster.node(0).close();
                            cluster.node(0).close();
                            cluster.node(0).onClose();
                        })
                .doesNotThrowAnyException();
        cluster.close();
        assertThatCode(
                        () -> {
                            driver.close();
                            driver.close();
                        })
                .doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseEverythingAfterClose() {
        start(1, Address.Kind.IPC);
        Node node = cluster.node(0);
        float[] query = cluster.query();

        cluster.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> node.search(query, TEN))
                .withMessageContaining("is closed");
        assertThatIllegalStateException()
                .isThrownBy(() -> node.beginSearch(MemorySegment.ofArray(query), 0, TEN));
        assertThatIllegalStateException().isThrownBy(() -> node.bootstrap(List.of(node.peer())));
        assertThatThrownBy(node::doWork).isInstanceOf(AgentTerminationException.class);
        assertThatCode(node::status).doesNotThrowAnyException();
    }

    @Test
    void shouldEndASearchThatWasNeverTakenUp() {
        start(2, Address.Kind.IPC);
        Node node = cluster.node(0);
        long op = node.beginSearch(MemorySegment.ofArray(cluster.query()), 0, TEN);

        node.close();

        assertThat(node.operations().isFinished(op)).isTrue();
    }

    @Test
    void shouldRefuseAPortThatIsTaken() throws IOException {
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            AeronConfig config =
                    AeronConfig.udp(
                            driver.aeronDirectory(), "127.0.0.1", taken.getLocalPort(), 1001);

            assertThatThrownBy(() -> new Node(NodeConfig.of("test"), index, factory(config)))
                    .isInstanceOf(RegistrationException.class)
                    .hasMessageContaining(":" + taken.getLocalPort());
        }
    }

    @Test
    void shouldGiveEverythingBackWhenConstructionFails() {
        AeronConfig config = Drivers.config(driver, Address.Kind.IPC).withLinks(65, 1, 1);
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> new Node(NodeConfig.of("test"), index, factory(config)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("maxConnections=64", "65");
        }
        start(1, Address.Kind.IPC);

        try (Aeron observer = Aeron.connect(context())) {
            Await.until(
                    "the driver knows of the living node alone",
                    () -> clientsOf(observer.countersReader()) == 1,
                    cluster::step);
        }
    }

    private Aeron.Context context() {
        return new Aeron.Context().aeronDirectoryName(driver.aeronDirectory());
    }

    /// A client that has never asked for anything, as the observer, does not count.
    private static int clientsOf(CountersReader counters) {
        int[] clients = {0};
        counters.forEach(
                (id, type, key, label) ->
                        clients[0] += type == AeronCounters.DRIVER_HEARTBEAT_TYPE_ID ? 1 : 0);
        return clients[0];
    }

    private static Transport.Factory factory(AeronConfig config) {
        return AeronTransport.factory(config, error -> {});
    }

    @Test
    void shouldSayThatThereIsNoDriver(@TempDir Path empty) {
        AeronConfig config =
                AeronConfig.ipc(empty.resolve("absent").toString(), 1)
                        .withDriverTimeoutNs(Cluster.ms(50));

        assertThatThrownBy(() -> new Node(NodeConfig.of("test"), index, factory(config)))
                .isInstanceOf(DriverTimeoutException.class)
                .hasMessageContaining("absent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "224.0.1.1"})
    void shouldRefuseAnAddressThatNobodyIsReachedBy(String host) {
        AeronConfig config = AeronConfig.udp(driver.aeronDirectory(), host, 0, 1);

        assertThatThrownBy(() -> new Node(NodeConfig.of("test"), index, factory(config)))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining(host);
    }

    @Test
    void shouldReleaseSearchersWhenTheNodeIsClosed() throws InterruptedException {
        for (int round = 0; round < 300; round++) {
            race(round);
        }
    }

    private void race(int round) throws InterruptedException {
        MemoryNetwork network = new MemoryNetwork(1 << 14);
        List<Throwable> errors = new ArrayList<>();
        List<Throwable> thrown = new ArrayList<>();
        Node node = new Node(NodeConfig.of("test"), index, network.mailbox(1));
        AgentRunner runner = runner(node, errors);
        List<Thread> threads = new ArrayList<>();
        run(runner, threads);
        CountDownLatch searching = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            Thread searcher =
                    new Thread(
                            () -> {
                                try {
                                    while (true) {
                                        node.search(new float[16], TEN);
                                        searching.countDown();
                                    }
                                } catch (Throwable e) {
                                    synchronized (thrown) {
                                        thrown.add(e);
                                    }
                                    searching.countDown();
                                }
                            });
            searcher.start();
            threads.add(searcher);
        }
        searching.await();
        for (int spin = 0; spin < round * 50; spin++) {
            Thread.onSpinWait();
        }
        runner.close();

        for (Thread thread : threads) {
            thread.join(60_000);
            assertThat(thread.isAlive()).isFalse();
        }
        assertThat(errors).isEmpty();
        assertThat(thrown)
                .hasSize(3)
                .allMatch(e -> e instanceof IllegalStateException)
                .allMatch(e -> e.getMessage().contains("is closed"));
    }
}
