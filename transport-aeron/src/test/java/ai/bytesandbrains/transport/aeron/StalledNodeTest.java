package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A node whose agent nobody runs.
class StalledNodeTest {

    @Test
    void shouldNotKeepItsCallersForEver() {
        AtomicLong seconds = new AtomicLong();
        try (FlatIndex index = new FlatIndex(Metric.L2.space(3));
                Node node =
                        new Node(
                                NodeConfig.of("stalled"),
                                index,
                                new MemoryNetwork(1 << 14).mailbox(1),
                                () -> TimeUnit.SECONDS.toNanos(seconds.getAndIncrement()))) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> node.search(new float[] {1, 2, 3}, SearchParameters.of(1)))
                    .withMessageContaining("does its agent run?");

            // The search was given up, so the agent that runs at last has nothing left to do for
            // it.
            node.doWork();
            node.doWork();
            assertThatIllegalStateException()
                    .isThrownBy(() -> node.search(new float[] {1, 2, 3}, SearchParameters.of(1)))
                    .withMessageContaining("does its agent run?");
        }
    }
}
