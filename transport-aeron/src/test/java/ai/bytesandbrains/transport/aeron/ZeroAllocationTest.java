package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.codecs.sbe.NetworkKey;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchFilter;
import ai.bytesandbrains.engine.search.SearchOperations;
import ai.bytesandbrains.engine.search.SearchParameters;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Searches and gossip of two nodes in the test's own thread, so that everything they allocate is
/// counted.
class ZeroAllocationTest {

    private static final int DIMENSIONS = 64;
    private static final long STEP_NS = 50_000;

    /// The compiler may still be at work in the first ones.
    private static final int LONG_RUNS = 10;

    /// An exchange every twenty steps; nothing ever times out.
    private static final GossipConfig GOSSIP =
            GossipConfig.defaults().withTimes(Cluster.ms(1), 1L << 49, 1L << 49);

    private final ManualClock clock = new ManualClock();
    private final Cluster cluster =
            new Cluster(DIMENSIONS, 50, 7).beforeStep(() -> clock.advance(STEP_NS));
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        cluster.close();
        arena.close();
    }

    private void assertSearchesAllocateNothing(SearchParameters parameters) {
        MemorySegment query = arena.allocateFrom(ValueLayout.JAVA_FLOAT, cluster.query());
        SearchOperations operations = cluster.node(0).operations();
        long exchanges = exchangesCompleted();
        int[] complete = {0};
        int[] asked = {0};

        Allocation.assertNone(
                () -> {
                    long op = cluster.node(0).beginSearch(query, 0, parameters);
                    assert op != OpTable.NULL_OP;
                    while (!operations.isFinished(op)) {
                        cluster.step();
                    }
                    asked[0]++;
                    complete[0] += operations.peersAnswered(op) == 1 ? 1 : 0;
                    operations.finish(op);
                });

        assertThat(complete[0]).isEqualTo(asked[0]);
        assertThat(exchangesCompleted()).isGreaterThan(exchanges + 100);
    }

    /// Connections with room for what a driver that has to share its core lets wait.
    private static AeronConfig ipc(EmbeddedDriver driver) {
        return Drivers.config(driver, Address.Kind.IPC)
                .withTermLength(1 << 22)
                .withLinks(4, 1L << 49, 1L << 49);
    }

    /// Of both nodes: where the driver is late, answers find their connection full and are dropped,
    /// and requests never time out here, so that a node may make no further ones.
    private long exchangesCompleted() {
        return cluster.node(0).status().exchangesCompleted()
                + cluster.node(1).status().exchangesCompleted();
    }

    @ParameterizedTest
    @EnumSource
    void shouldAllocateNothingOverAeron(QueryEncoding encoding) {
        try (EmbeddedDriver driver = EmbeddedDriver.launch()) {
            for (int i = 0; i < 2; i++) {
                AeronConfig config = ipc(driver);
                cluster.add(GOSSIP, Drivers.transport(config), clock);
            }
            cluster.join();

            assertSearchesAllocateNothing(parameters(10, encoding));

            cluster.close();
        }
    }

    /// As many frames as `-Dai.bytesandbrains.messages` says, and not a byte. Profiles are not
    /// drawn anew meanwhile: that happens every five minutes, and is training, which allocates.
    @Test
    void shouldAllocateNothingInALongRunAndLoseNothing() {
        long messages = Long.getLong("ai.bytesandbrains.messages", 20_000);
        NodeConfig config =
                NodeConfig.of(Cluster.NETWORK)
                        .withGossip(GOSSIP)
                        .withProfiles(ProfileConfig.defaults().withRefreshNs(1L << 60));
        SearchParameters parameters = parameters(10, QueryEncoding.INT8);
        try (EmbeddedDriver driver = EmbeddedDriver.launch()) {
            for (int i = 0; i < 2; i++) {
                AeronConfig aeron = ipc(driver);
                cluster.add(config, Drivers.transport(aeron), clock);
            }
            cluster.join();
            assertSearchesAllocateNothing(parameters);
            MemorySegment query = arena.allocateFrom(ValueLayout.JAVA_FLOAT, cluster.query());
            // What happens once in many cycles is compiled after many more.
            searchFor(messages / 4, query, parameters);

            long allocated = Long.MAX_VALUE;
            for (int run = 0; run < LONG_RUNS && allocated > 0; run++) {
                allocated = Allocation.bytesOf(() -> searchFor(messages, query, parameters));
                System.out.printf("%,d bytes over %,d messages%n", allocated, messages);
            }
            cluster.until(
                    "everything has arrived",
                    () -> cluster.framesSent() == cluster.framesReceived());

            assertThat(allocated).isZero();
            for (int i = 0; i < 2; i++) {
                TransportCounters counters = cluster.node(i).transportCounters();
                assertThat(counters.framesLost() + counters.tooLong()).isZero();
                assertThat(cluster.node(i).drops().total()).isZero();
            }
            assertThat(cluster.node(0).status().searchesStarted())
                    .isEqualTo(cluster.node(1).status().queriesAnswered());
            cluster.close();
        }
    }

    private void searchFor(long frames, MemorySegment query, SearchParameters parameters) {
        SearchOperations operations = cluster.node(0).operations();
        long end = cluster.framesSent() + frames;
        while (cluster.framesSent() < end) {
            long op = cluster.node(0).beginSearch(query, 0, parameters);
            while (!operations.isFinished(op)) {
                cluster.step();
            }
            operations.finish(op);
        }
    }

    @Test
    void shouldAllocateNothingInANetworkWithAKey() {
        NodeConfig config =
                NodeConfig.of(Cluster.NETWORK)
                        .withGossip(GOSSIP)
                        .withKey(NetworkKey.of(new byte[NetworkKey.BYTES]));
        MemoryNetwork network = new MemoryNetwork(1 << 16);
        for (int i = 1; i <= 2; i++) {
            cluster.add(config, network.mailbox(i), clock);
        }
        cluster.join();

        assertSearchesAllocateNothing(parameters(10, QueryEncoding.INT8));
    }

    @Test
    void shouldAllocateNothingForAnswersOfManyFragments() {
        try (EmbeddedDriver driver = EmbeddedDriver.launch();
                Cluster many = new Cluster(DIMENSIONS, 300, 8)) {
            many.beforeStep(() -> clock.advance(STEP_NS));
            for (int i = 0; i < 2; i++) {
                AeronConfig config = ipc(driver);
                many.add(GOSSIP, Drivers.transport(config), clock);
            }
            many.join();
            MemorySegment query = arena.allocateFrom(ValueLayout.JAVA_FLOAT, many.query());
            SearchOperations operations = many.node(0).operations();
            SearchParameters parameters = parameters(256, QueryEncoding.INT8);

            Allocation.assertNone(
                    () -> {
                        long op = many.node(0).beginSearch(query, 0, parameters);
                        while (!operations.isFinished(op)) {
                            many.step();
                        }
                        operations.finish(op);
                    });
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldAllocateNothingInMemory(QueryEncoding encoding) {
        MemoryNetwork network = new MemoryNetwork(1 << 16);
        for (int i = 1; i <= 2; i++) {
            cluster.add(GOSSIP, network.mailbox(i), clock);
        }
        cluster.join();

        assertSearchesAllocateNothing(parameters(10, encoding));
    }

    @Test
    void shouldAllocateNothingForVectorsFiltersAndRoutes() {
        try (EmbeddedDriver driver = EmbeddedDriver.launch()) {
            for (int i = 0; i < 2; i++) {
                AeronConfig config = ipc(driver);
                cluster.add(GOSSIP, Drivers.transport(config), clock);
            }
            cluster.join();

            assertSearchesAllocateNothing(
                    parameters(10, QueryEncoding.INT8)
                            .withAskPeers(1)
                            .withRerank(2)
                            .withFilter(SearchFilter.ids(0, 7, 1_000_003).inverted()));

            cluster.close();
        }
    }

    private static SearchParameters parameters(int k, QueryEncoding encoding) {
        return SearchParameters.of(k).withEncoding(encoding).withDeadlineNs(1L << 49);
    }
}
