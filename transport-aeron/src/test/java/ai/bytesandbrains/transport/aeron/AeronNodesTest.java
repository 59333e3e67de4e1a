package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

class AeronNodesTest {

    private static final int NODES = 3;
    private static final int DIMENSIONS = 32;
    private static final SearchParameters TEN = SearchParameters.of(10);
    private static EmbeddedDriver driver;

    private Cluster cluster;

    @BeforeAll
    static void launch() {
        driver = EmbeddedDriver.launch();
    }

    @AfterAll
    static void stop() {
        driver.close();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private void start(Address.Kind kind, int dimensions, int termLength) {
        cluster = new Cluster(dimensions, 300, ThreadLocalRandom.current().nextLong());
        for (int i = 0; i < NODES; i++) {
            AeronConfig config = Drivers.config(driver, kind).withTermLength(termLength);
            cluster.add(Cluster.REAL_TIME, Drivers.transport(config));
        }
        cluster.join();
    }

    private void start(Address.Kind kind) {
        start(kind, DIMENSIONS, 1 << 16);
    }

    @ParameterizedTest
    @EnumSource(names = {"IPC", "UDP"})
    void shouldAnswerWithTheUnion(Address.Kind kind) {
        start(kind);
        float[] query = cluster.query();

        SearchResult result = cluster.search(1, query, TEN);

        assertThat(result.hits()).isEqualTo(cluster.union(query, 10));
        assertThat(result.peersAnswered()).isEqualTo(NODES - 1);
    }

    @ParameterizedTest
    @CsvSource({"IPC,65536,2000", "IPC,65536,2008", "IPC,131072,2000", "UDP,65536,2000"})
    void shouldCarryQueriesOfManyFragments(Address.Kind kind, int termLength, int dimensions) {
        start(kind, dimensions, termLength);
        SearchParameters exact = TEN.withEncoding(QueryEncoding.FLOAT32);
        float[] query = cluster.query();

        SearchResult result = cluster.search(0, query, exact);

        assertThat(result.isPartial()).isFalse();
        assertThat(result.hits()).isEqualTo(cluster.union(query, 10));
    }

    @Test
    void shouldRefuseAQueryOneFloatLongerThanAFrame() {
        start(Address.Kind.IPC, 2009, 1 << 16);
        SearchParameters exact = TEN.withEncoding(QueryEncoding.FLOAT32);
        MemorySegment query = MemorySegment.ofArray(cluster.query());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> cluster.node(0).beginSearch(query, 0, exact))
                .withMessageContainingAll("dimensions=2009", "8195", "8192");
    }

    @Test
    void shouldCarryQueriesThatAreTooLongToWaitForAConnection() {
        start(Address.Kind.IPC, 3500, 1 << 17);
        SearchParameters exact = TEN.withEncoding(QueryEncoding.FLOAT32);
        float[] query = cluster.query();

        SearchResult result = cluster.search(0, query, exact);

        assertThat(result.isPartial()).isFalse();
        assertThat(result.hits()).isEqualTo(cluster.union(query, 10));
    }

    @ParameterizedTest
    @EnumSource(names = {"IPC", "UDP"})
    void shouldCarryAnswersOfManyFragments(Address.Kind kind) {
        start(kind);
        float[] query = cluster.query();

        SearchResult result = cluster.search(2, query, SearchParameters.of(256));

        assertThat(result.hits()).hasSize(256).isEqualTo(cluster.union(query, 256));
    }

    @ParameterizedTest
    @EnumSource(names = {"IPC", "UDP"})
    void shouldGoOnWithoutAPeerThatHasGone(Address.Kind kind) {
        start(kind);
        cluster.member(2).close();
        float[] query = cluster.query();

        cluster.awaitViews(NODES - 2);
        // A message on its way may name it once more.
        SearchResult result = cluster.searchUntilComplete(0, query, TEN, NODES - 2);

        assertThat(result.isPartial()).isFalse();
        assertThat(result.hits()).isEqualTo(cluster.union(query, 10));
    }

    @ParameterizedTest
    @EnumSource(names = {"IPC", "UDP"})
    void shouldAnswerPartiallyAtTheDeadlineWhenAPeerHangs(Address.Kind kind) {
        start(kind);
        float[] query = cluster.query();
        cluster.member(2).pause(true);

        SearchResult result = cluster.search(0, query, TEN.withDeadlineNs(Cluster.ms(150)));

        assertThat(result.peersChosen()).isEqualTo(2);
        assertThat(result.peersAnswered()).isEqualTo(1);
        assertThat(result.elapsedNs()).isGreaterThanOrEqualTo(Cluster.ms(150));
        assertThat(result.hits()).hasSize(10);
    }

    @ParameterizedTest
    @EnumSource(names = {"IPC", "UDP"})
    void shouldAskAPeerAgainThatHungForAWhile(Address.Kind kind) {
        start(kind);
        cluster.member(2).pause(true);
        SearchResult without =
                cluster.search(0, cluster.query(), TEN.withDeadlineNs(Cluster.ms(100)));
        cluster.until(
                "the others have dropped it", () -> cluster.node(0).status().viewLength() == 1);
        cluster.member(2).pause(false);
        cluster.awaitViews(NODES - 1);
        float[] query = cluster.query();

        SearchResult result = cluster.searchUntilComplete(0, query, TEN, 2);

        assertThat(without.isPartial()).isTrue();
        assertThat(result.hits()).isEqualTo(cluster.union(query, 10));
    }

    @Test
    void shouldReachAPeerThatCameBackAtItsAddress() {
        cluster = new Cluster(DIMENSIONS, 100, ThreadLocalRandom.current().nextLong());
        AeronConfig address = Drivers.config(driver, Address.Kind.IPC);
        cluster.add(Cluster.REAL_TIME, Drivers.transport(driver, Address.Kind.IPC));
        NodeConfig config =
                NodeConfig.of(Cluster.NETWORK)
                        .withGossip(Cluster.REAL_TIME)
                        .withId(new PeerId(7, 7, 7, 7));
        cluster.add(config, Drivers.transport(address), System::nanoTime);
        cluster.join();
        cluster.member(1).close();
        cluster.awaitViews(0);

        Cluster.Member again = cluster.add(config, Drivers.transport(address), System::nanoTime);
        again.node.bootstrap(List.of(cluster.node(0).peer()));
        cluster.awaitViews(1);
        float[] query = cluster.query();
        SearchResult result = cluster.searchUntilComplete(0, query, TEN, 1);

        assertThat(result.hits()).isEqualTo(cluster.union(query, 10));
    }

    @Test
    void shouldCountEveryFrameAtBothEnds() {
        start(Address.Kind.IPC);
        for (int i = 0; i < 200; i++) {
            cluster.search(i % NODES, cluster.query(), TEN);
        }
        cluster.until(
                "everything has arrived", () -> cluster.framesSent() == cluster.framesReceived());

        for (int i = 0; i < NODES; i++) {
            TransportCounters counters = cluster.node(i).transportCounters();
            assertThat(counters.framesLost() + counters.tooLong()).isZero();
            assertThat(cluster.node(i).drops().total()).isZero();
        }
        assertThat(cluster.framesSent()).isGreaterThanOrEqualTo(200 * 4);
    }
}
