package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.gossip.JoinOutcome;
import ai.bytesandbrains.engine.gossip.JoinResult;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.space.Metric;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.agrona.concurrent.AgentRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// What can be seen of nodes from outside.
class ObservabilityTest {

    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);

    private final List<Throwable> errors = new CopyOnWriteArrayList<>();

    private Node node(EmbeddedDriver driver, Index index) {
        return new Node(
                NodeConfig.of(Cluster.NETWORK),
                index,
                AeronTransport.factory(Drivers.config(driver, Address.Kind.IPC), errors::add));
    }

    private static Index index() {
        Index index = new FlatIndex(Metric.L2.space(2));
        index.add(1, MemorySegment.ofArray(new float[] {1, 2}), 0);
        return index;
    }

    @Test
    void shouldShowWhatNodesCountInTheFileOfTheDriver() {
        try (EmbeddedDriver driver = EmbeddedDriver.launch();
                Index index = index();
                Node seed = node(driver, index);
                Node other = node(driver, index)) {
            long join = other.beginJoin(List.of(seed.peer()), PATIENCE_NS);
            Await.until("joined", () -> other.joins().isFinished(join), seed, other);
            String label = other.roleName() + " ";
            Path directory = Path.of(driver.aeronDirectory());

            Await.until(
                    "the counters are up to date",
                    () -> number(directory, label + "joined") == 1,
                    seed,
                    other);

            SortedMap<String, Long> counters = NodeCounters.read(directory);
            assertThat(counters.get(label + "view size")).isEqualTo(1);
            assertThat(counters.get(label + "frames sent")).isPositive();
            assertThat(counters).containsKey(seed.roleName() + " dropped: malformed");
            assertThat(counters).containsKey(label + "duty cycles over budget");
            assertThat(errors).isEmpty();
        }
    }

    private static long number(Path directory, String label) {
        return NodeCounters.read(directory).getOrDefault(label, -1L);
    }

    @Test
    void shouldSayThatThereIsNoDriver(@TempDir Path folder) {
        assertThatIllegalStateException()
                .isThrownBy(() -> NodeCounters.read(folder))
                .withMessageContaining(folder.toString());
    }

    @Test
    void shouldRecordJoinsAndSearchesWhenAskedTo(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("node.jfr");
        try (Recording recording = new Recording();
                EmbeddedDriver driver = EmbeddedDriver.launch();
                Index index = index();
                Index otherIndex = index();
                AgentRunner seed = start(node(driver, index));
                AgentRunner other = start(node(driver, otherIndex))) {
            recording.enable("ai.bytesandbrains.Join");
            recording.enable("ai.bytesandbrains.Search");
            recording.start();
            JoinResult joined =
                    ((Node) other.agent()).join(List.of(((Node) seed.agent()).peer()), PATIENCE_NS);
            assertThat(joined.isJoined()).isTrue();
            ((Node) other.agent()).search(new float[] {1, 2}, SearchParameters.of(2));
            recording.stop();
            recording.dump(file);
        }

        List<String> seen = new ArrayList<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            String name = event.getEventType().getName();
            if (name.equals("ai.bytesandbrains.Join")) {
                assertThat(event.getString("outcome")).isEqualTo(JoinOutcome.JOINED.name());
                seen.add(name);
            } else if (name.equals("ai.bytesandbrains.Search")) {
                assertThat(event.getInt("hits")).isEqualTo(2);
                assertThat(event.getBoolean("partial")).isFalse();
                seen.add(name);
            }
        }
        assertThat(seen).containsExactly("ai.bytesandbrains.Join", "ai.bytesandbrains.Search");
    }

    private AgentRunner start(Node node) {
        AgentRunner runner = new AgentRunner(IdleMode.BACKOFF.strategy(), errors::add, null, node);
        AgentRunner.startOnThread(runner);
        return runner;
    }

    @Test
    void shouldTellAnErrorOnceAndCountTheRest() {
        List<Throwable> told = new ArrayList<>();
        ErrorLog log = new ErrorLog(() -> 1_000, told::add);
        for (int i = 0; i < 100; i++) {
            log.onError(new IllegalStateException("the same"));
        }
        log.onError(new IllegalArgumentException("another"));

        List<Integer> counts = new ArrayList<>();
        assertThat(log.read((count, first, last, text) -> counts.add(count))).isEqualTo(2);
        assertThat(counts).containsExactly(100, 1);
        assertThat(told).hasSize(2);
    }

    @Test
    void shouldCountCyclesThatTakeTooLong() {
        DutyCycle cycle = new DutyCycle(100);
        long[] begins = {0, 50, 250, 1_000, 1_101};
        int[] work = {1, 1, 0, 1, 0};
        for (int i = 0; i < begins.length; i++) {
            cycle.begin(begins[i]);
            cycle.end(work[i]);
        }

        assertThat(cycle.overBudget()).isEqualTo(2);
        assertThat(cycle.longestNs()).isEqualTo(200);
        cycle.startPeriod();
        assertThat(cycle.longestNs()).isZero();
    }
}
