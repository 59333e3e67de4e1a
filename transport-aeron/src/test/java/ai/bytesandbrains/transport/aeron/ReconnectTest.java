package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.search.SearchParameters;

import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentTerminationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;

/// Nodes that lose their media driver, or that it takes for dead.
class ReconnectTest {

    private static final String LIVENESS = "aeron.client.liveness.timeout";
    private static final SearchParameters TEN = SearchParameters.of(10);

    private final Path directory =
            AeronDirectories.fresh(AeronDirectories.parent(DriverConfig.defaults().bytes()));
    private final Cluster cluster = new Cluster(16, 50, ThreadLocalRandom.current().nextLong());
    private final List<Throwable> told = new CopyOnWriteArrayList<>();
    private EmbeddedDriver driver = launch();

    private EmbeddedDriver launch() {
        return EmbeddedDriver.launchIn(directory, DriverConfig.defaults());
    }

    @AfterEach
    void close() {
        CloseHelper.closeAll(cluster, driver);
        assertThat(directory).doesNotExist();
    }

    private void start(Address.Kind kind, int nodes, long reconnectTimeoutNs) {
        for (int i = 0; i < nodes; i++) {
            AeronConfig config =
                    Drivers.config(driver, kind).withReconnectTimeoutNs(reconnectTimeoutNs);
            cluster.add(Cluster.REAL_TIME, AeronTransport.factory(config, told::add));
        }
        cluster.join();
    }

    /// How often a node has said that it lost its driver. There may be another error beside these:
    /// a driver that closes may have told of a stream and deleted its files before the client came
    /// to map them ("Failed to map log buffer", caused by a NoSuchFileException).
    private long lost() {
        return told.stream().filter(e -> e.getMessage().contains("connects anew")).count();
    }

    private long reconnects(int node) {
        return cluster.node(node).transportCounters().reconnects();
    }

    private void assertAnswersInFull(int asked, int peers) {
        float[] query = cluster.query();
        assertThat(cluster.searchUntilComplete(asked, query, TEN, peers).hits())
                .isEqualTo(cluster.union(query, 10));
    }

    @ParameterizedTest
    @EnumSource(names = {"IPC", "UDP"})
    void shouldFindADriverThatTookThePlaceOfTheFirstOne(Address.Kind kind) {
        start(kind, 3, Cluster.ms(60_000));
        Address before = cluster.node(1).peer().address();

        driver.close();
        cluster.until("each has noticed", () -> lost() == 3);
        driver = launch();
        cluster.until(
                "each is back",
                () -> reconnects(0) == 1 && reconnects(1) == 1 && reconnects(2) == 1);
        cluster.awaitViews(2);

        assertAnswersInFull(0, 2);
        assertThat(cluster.node(1).peer().address()).isEqualTo(before);
        cluster.until("its counters are back", () -> counts("reconnects") == 3);
    }

    /// The sum of the same counter of all nodes, as other processes see it.
    private long counts(String counter) {
        return NodeCounters.read(directory).entrySet().stream()
                .filter(each -> each.getKey().endsWith(counter))
                .mapToLong(each -> each.getValue())
                .sum();
    }

    private boolean driverKnows(int node) {
        return NodeCounters.read(directory).keySet().stream()
                .anyMatch(label -> label.startsWith(cluster.node(node).roleName()));
    }

    @ParameterizedTest
    @EnumSource(names = {"IPC", "UDP"})
    void shouldComeBackAfterItStoodStillForTooLong(Address.Kind kind) {
        driver.close();
        System.setProperty(LIVENESS, "1500ms");
        try {
            driver = launch();
        } finally {
            System.clearProperty(LIVENESS);
        }
        start(kind, 3, Cluster.ms(60_000));

        cluster.member(2).pause(true);
        cluster.until("the driver takes it for dead", () -> !driverKnows(2));
        cluster.until(
                "the others do, too",
                () ->
                        cluster.node(0).status().viewLength() == 1
                                && cluster.node(1).status().viewLength() == 1);
        cluster.member(2).pause(false);
        cluster.until("it is back", () -> reconnects(2) == 1);
        cluster.awaitViews(2);

        assertAnswersInFull(0, 2);
        assertAnswersInFull(2, 2);
        assertThat(lost()).isPositive();
    }

    @Test
    void shouldSayThatItCannotWhenTheDriverHasGoneForGood() {
        start(Address.Kind.IPC, 2, Cluster.ms(50));

        driver.close();
        Throwable end = catchThrowable(() -> cluster.until("a node ends", () -> false));

        assertThat(end)
                .isInstanceOf(AgentTerminationException.class)
                .hasMessageContainingAll(directory.toString(), "no way back", "50 ms", "shutdown");
    }

    @Test
    void shouldRefuseToSendAsLongAsThereIsNoDriver() {
        start(Address.Kind.IPC, 2, Cluster.ms(60_000));
        driver.close();
        cluster.until("both have noticed", () -> lost() == 2);
        long refused = cluster.node(0).transportCounters().sends(SendResult.NO_DRIVER);

        assertThat(
                        cluster.search(0, cluster.query(), TEN.withDeadlineNs(Cluster.ms(20)))
                                .isPartial())
                .isTrue();

        assertThat(cluster.node(0).transportCounters().sends(SendResult.NO_DRIVER))
                .isGreaterThan(refused);
    }
}
