package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.search.SearchParameters;

import org.agrona.CloseHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// Nodes on the network, some of which share a media driver.
class ColocatedTest {

    private static final SearchParameters TEN = SearchParameters.of(10);

    private final List<EmbeddedDriver> drivers = new ArrayList<>();
    private final Cluster cluster = new Cluster(16, 50, ThreadLocalRandom.current().nextLong());

    @AfterEach
    void close() {
        cluster.close();
        CloseHelper.closeAll(drivers);
    }

    private EmbeddedDriver driver() {
        EmbeddedDriver driver = EmbeddedDriver.launch();
        drivers.add(driver);
        return driver;
    }

    private void add(EmbeddedDriver driver, boolean sharedMemory) {
        cluster.add(
                Cluster.REAL_TIME,
                Drivers.transport(
                        Drivers.config(driver, Address.Kind.UDP).withSharedMemory(sharedMemory)));
    }

    /// The streams that the driver receives over the network: none of those within it.
    private static long networkStreams(EmbeddedDriver driver) throws Exception {
        try (Stream<Path> images = Files.list(Path.of(driver.aeronDirectory()).resolve("images"))) {
            return images.count();
        }
    }

    private void assertAnswersInFull(int asked, int peers) {
        float[] query = cluster.query();
        assertThat(cluster.searchUntilComplete(asked, query, TEN, peers).hits())
                .isEqualTo(cluster.union(query, 10));
    }

    @Test
    void shouldReachPeersOnTheSameDriverInSharedMemoryAndOthersOverTheNetwork() throws Exception {
        EmbeddedDriver here = driver();
        EmbeddedDriver there = driver();
        add(here, true);
        add(here, true);
        add(there, true);
        cluster.join();

        assertAnswersInFull(0, 2);
        assertAnswersInFull(1, 2);
        assertAnswersInFull(2, 2);

        assertThat(networkStreams(here)).isPositive();
        assertThat(networkStreams(there)).isPositive();
        assertThat(cluster.node(0).peer().address().kind()).isEqualTo(Address.Kind.UDP);
    }

    @Test
    void shouldLeaveItToTheNetworkIfOneOfThemDoesNotAllowIt() throws Exception {
        EmbeddedDriver here = driver();
        add(here, true);
        add(here, false);
        cluster.join();

        assertAnswersInFull(0, 1);

        assertThat(networkStreams(here)).isPositive();
    }

    @Test
    void shouldUseNoNetworkAmongThoseOnOneDriver() throws Exception {
        EmbeddedDriver here = driver();
        add(here, true);
        add(here, true);
        cluster.join();

        assertAnswersInFull(0, 1);

        assertThat(networkStreams(here)).isZero();
    }

    @Test
    void shouldGoOnOverTheNetworkWhenAPeerComesBackOnAnotherDriver() {
        EmbeddedDriver here = driver();
        EmbeddedDriver there = driver();
        add(here, true);
        add(here, true);
        cluster.join();
        cluster.member(1).close();
        cluster.awaitViews(0);

        add(there, true);
        cluster.node(2).bootstrap(List.of(cluster.node(0).peer()));
        cluster.awaitViews(1);

        assertAnswersInFull(0, 1);
        assertAnswersInFull(2, 1);
    }
}
