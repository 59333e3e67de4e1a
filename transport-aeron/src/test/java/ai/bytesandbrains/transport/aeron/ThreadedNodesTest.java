package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.search.SearchLimits;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;

import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Nodes on threads of their own, asked by many threads at once.
class ThreadedNodesTest {

    private static final int NODES = 3;
    private static final int CALLERS = 4;
    private static final int SEARCHES = 200;
    private static final SearchParameters TEN = SearchParameters.of(10).withDeadlineNs(1L << 36);

    private final EmbeddedDriver driver = EmbeddedDriver.launch();
    private final Cluster cluster = new Cluster(16, 100, ThreadLocalRandom.current().nextLong());
    private final List<AgentRunner> runners = new ArrayList<>();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        CloseHelper.closeAll(runners);
        cluster.close();
        driver.close();
    }

    private void start(SearchLimits limits) {
        NodeConfig config =
                NodeConfig.of(Cluster.NETWORK).withGossip(Cluster.REAL_TIME).withSearch(limits);
        for (int i = 0; i < NODES; i++) {
            cluster.add(config, Drivers.transport(driver, Address.Kind.IPC), System::nanoTime);
        }
        cluster.join();
        for (int i = 0; i < NODES; i++) {
            cluster.member(i).handOver();
            AgentRunner runner =
                    new AgentRunner(
                            new BackoffIdleStrategy(1, 1, 1_000, 100_000),
                            errors::add,
                            null,
                            cluster.node(i));
            runners.add(runner);
            AgentRunner.startOnThread(runner);
        }
    }

    @Test
    void shouldAnswerManyCallersAtOnceExactly() throws InterruptedException, ExecutionException {
        start(SearchLimits.defaults());
        List<float[]> queries = new ArrayList<>();
        List<List<SearchResult.Hit>> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            queries.add(cluster.query());
            expected.add(cluster.union(queries.get(i), 10));
        }
        List<Future<Integer>> callers = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(CALLERS)) {
            for (int caller = 0; caller < CALLERS; caller++) {
                int first = caller;
                callers.add(
                        pool.submit(
                                () -> {
                                    int exact = 0;
                                    for (int i = 0; i < SEARCHES; i++) {
                                        int query = (first * 13 + i) % queries.size();
                                        SearchResult result =
                                                cluster.node((first + i) % NODES)
                                                        .search(queries.get(query), TEN);
                                        exact +=
                                                result.hits().equals(expected.get(query))
                                                                && !result.isPartial()
                                                        ? 1
                                                        : 0;
                                    }
                                    return exact;
                                }));
            }
        }

        for (Future<Integer> caller : callers) {
            assertThat(caller.get()).isEqualTo(SEARCHES);
        }
        assertThat(errors).isEmpty();
        assertEveryHandleIsFree(SearchLimits.defaults().concurrentSearches());
        for (int i = 0; i < NODES; i++) {
            // The peers, the node itself, and whatever a message just named.
            assertThat(cluster.node(i).status().knownPeers()).isEqualTo(NODES);
        }
    }

    private void assertEveryHandleIsFree(int limit) {
        MemorySegment query = MemorySegment.ofArray(cluster.query());
        for (int i = 0; i < NODES; i++) {
            Node node = cluster.node(i);
            List<Long> ops = new ArrayList<>();
            for (int op = 0; op < limit; op++) {
                ops.add(node.beginSearch(query, 0, TEN));
            }
            assertThat(ops).doesNotContain(OpTable.NULL_OP);
            for (long op : ops) {
                Await.until("it has ended", () -> node.operations().isFinished(op), () -> 0);
                node.operations().finish(op);
            }
        }
    }

    @Test
    void shouldRefuseMoreSearchesThanAllowedAndRecover() {
        start(new SearchLimits(2, 64, 8, 8));
        Node node = cluster.node(0);
        float[] query = cluster.query();
        MemorySegment segment = MemorySegment.ofArray(query);
        long first = node.beginSearch(segment, 0, TEN);
        long second = node.beginSearch(segment, 0, TEN);

        assertThat(node.beginSearch(segment, 0, TEN)).isEqualTo(OpTable.NULL_OP);
        assertThatIllegalStateException()
                .isThrownBy(() -> node.search(query, TEN))
                .withMessageContaining("too many");

        for (long op : new long[] {first, second}) {
            Await.until("it has ended", () -> node.operations().isFinished(op), () -> 0);
            node.operations().finish(op);
        }
        assertThat(node.search(query, TEN).hits()).isEqualTo(cluster.union(query, 10));
        assertThat(errors).isEmpty();
    }

    @Test
    void shouldFreeTheSlotsOfAbandonedSearches() {
        start(new SearchLimits(2, 64, 8, 8));
        Node node = cluster.node(0);
        MemorySegment segment = MemorySegment.ofArray(cluster.query());
        AtomicInteger abandoned = new AtomicInteger();

        Await.until(
                "a hundred were abandoned",
                () -> abandoned.get() >= 100,
                () -> {
                    long op = node.beginSearch(segment, 0, TEN);
                    if (op == OpTable.NULL_OP) {
                        return 0;
                    }
                    node.operations().abandon(op);
                    return abandoned.incrementAndGet();
                });

        Await.until(
                "the last ones are free",
                () -> {
                    long op = node.beginSearch(segment, 0, TEN);
                    if (op != OpTable.NULL_OP) {
                        Await.until("ended", () -> node.operations().isFinished(op), () -> 0);
                        node.operations().finish(op);
                    }
                    return op != OpTable.NULL_OP;
                },
                () -> 0);
        assertThat(errors).isEmpty();
    }
}
