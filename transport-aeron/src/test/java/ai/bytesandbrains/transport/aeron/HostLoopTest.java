package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.bytesandbrains.engine.gossip.JoinState;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.space.Metric;

import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.CompositeAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// Drivers and nodes without a thread of their own, in one loop of the host's, and several nodes on
/// one agent.
class HostLoopTest {

    private static final int DIMENSIONS = 4;
    private static final SearchParameters NEAREST =
            SearchParameters.of(1).withDeadlineNs(TimeUnit.SECONDS.toNanos(30));

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        CloseHelper.closeAll(opened.reversed());
        assertThat(errors).isEmpty();
    }

    private EmbeddedDriver driver(DriverConfig config) {
        EmbeddedDriver driver = EmbeddedDriver.launch(config);
        opened.add(driver);
        return driver;
    }

    private Node node(EmbeddedDriver driver, Address.Kind kind, long id) {
        Index index = new FlatIndex(Metric.L2.space(DIMENSIONS));
        opened.add(index);
        index.add(id, MemorySegment.ofArray(vector(id)), 0);
        return new Node(
                NodeConfig.of(Cluster.NETWORK).withGossip(Cluster.REAL_TIME),
                index,
                AeronTransport.factory(
                        Drivers.config(driver, kind), errors::add, driver.invoker()));
    }

    private static float[] vector(long id) {
        return new float[] {id, 1, 2, 3};
    }

    @ParameterizedTest
    @EnumSource(
            value = Address.Kind.class,
            names = {"IPC", "UDP"})
    void shouldRunDriverAndNodesInOneLoopWithoutAnyThread(Address.Kind kind) {
        EmbeddedDriver driver =
                driver(
                        DriverConfig.defaults()
                                .withThreads(DriverConfig.Threads.INVOKER, IdleMode.NOOP));
        Node seed = node(driver, kind, 1);
        opened.add(seed);
        Node other = node(driver, kind, 2);
        opened.add(other);
        AgentInvoker loop =
                new AgentInvoker(errors::add, null, new CompositeAgent(List.of(seed, other)));
        loop.start();

        other.bootstrap(List.of(seed.peer()));
        Await.until(
                "joined",
                () -> other.status().joinState() == JoinState.JOINED,
                () -> driver.invoker().invoke() + loop.invoke());
        long op = other.beginSearch(MemorySegment.ofArray(vector(1)), 0, NEAREST);
        assertThat(op).isNotEqualTo(OpTable.NULL_OP);
        Await.until(
                "answered",
                () -> other.operations().isFinished(op),
                () -> driver.invoker().invoke() + loop.invoke());

        assertThat(other.operations().result(op).hits().getFirst().peer())
                .isEqualTo(seed.peer().id());
    }

    @ParameterizedTest
    @EnumSource(
            value = DriverConfig.Threads.class,
            names = {"SHARED", "SHARED_NETWORK", "DEDICATED"})
    void shouldServeSeveralNodesOfOneAgentWhateverTheThreadsOfTheDriver(
            DriverConfig.Threads threads) {
        EmbeddedDriver driver =
                driver(DriverConfig.defaults().withThreads(threads, IdleMode.BACKOFF));
        assertThat(driver.invoker()).isNull();
        Node seed = node(driver, Address.Kind.UDP, 1);
        Node other = node(driver, Address.Kind.UDP, 2);
        Node third = node(driver, Address.Kind.UDP, 3);
        AgentRunner runner =
                new AgentRunner(
                        IdleMode.BACKOFF.strategy(),
                        errors::add,
                        null,
                        new CompositeAgent(List.of(seed, other, third)));
        opened.add(runner);
        AgentRunner.startOnThread(runner);

        other.join(List.of(seed.peer()), TimeUnit.SECONDS.toNanos(20));
        third.join(List.of(seed.peer()), TimeUnit.SECONDS.toNanos(20));
        // A newcomer that knows others leaves its seed out at first.
        Await.until("knows both", () -> third.status().viewLength() == 2, () -> 0);

        assertThat(third.search(vector(1), NEAREST).hits().getFirst().peer())
                .isEqualTo(seed.peer().id());
    }

    @Test
    void shouldRefuseAConfigurationWithoutRoom() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DriverConfig.defaults().withBytes(0))
                .withMessageContaining("bytes=0");
    }
}
