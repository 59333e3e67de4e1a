package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.gossippq.VectorSource;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.transport.aeron.journal.NodeJournal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/// Nodes that are restarted with their journals.
class JournalledNodesTest {
    private static final int ROWS = 120;
    private static final int DIMENSIONS = 8;
    private static final GossipConfig GOSSIP =
            GossipConfig.defaults().withTimes(Cluster.ms(10), Cluster.ms(60), Cluster.ms(5));
    private static final GossipPqConfig CONFIG =
            GossipPqConfig.of(Metric.L2, DIMENSIONS, 2, 4)
                    .withSample(1024, 512)
                    .withRate(2, Cluster.ms(20), Cluster.ms(15))
                    .withRounds(5, 8);

    @TempDir private Path folder;
    private final ManualClock clock = new ManualClock();
    private final MemoryNetwork network = new MemoryNetwork(1 << 17);
    private final Cluster cluster =
            new Cluster(DIMENSIONS, 10, 5).beforeStep(() -> clock.advance(Cluster.ms(1)));

    @AfterEach
    void close() {
        cluster.close();
    }

    private record Rows(int rows, long seed) implements VectorSource {
        @Override
        public boolean copy(int row, MemorySegment into) {
            SplittableRandom random = new SplittableRandom(seed * 1_000_003 + row);
            for (int d = 0; d < DIMENSIONS; d++) {
                into.setAtIndex(ValueLayout.JAVA_FLOAT, d, (float) random.nextGaussian());
            }
            return true;
        }
    }

    private NodeJournal journal(int number) throws IOException {
        return NodeJournal.open(
                folder.resolve("node-" + number),
                CONFIG,
                error -> {
                    throw new AssertionError(error);
                });
    }

    private CodebookLearning add(NodeJournal journal, GossipPqConfig config, int number) {
        CodebookLearning learning =
                new CodebookLearning(config, journal.secrets(), new Rows(ROWS, number))
                        .restoring(journal, journal);
        NodeConfig node =
                NodeConfig.of(Cluster.NETWORK)
                        .withGossip(GOSSIP)
                        .withId(journal.identity().id())
                        .withExtension(learning);
        cluster.add(node, network.mailbox(number), clock);
        return learning;
    }

    private void bootstrap(int member, int seed) {
        cluster.node(member).bootstrap(List.of(cluster.node(seed).peer()));
    }

    @Test
    void shouldHaveIdentityAndCodebookAgainAfterARestart() throws IOException {
        PeerId id;
        String codebook;
        try (NodeJournal first = journal(1);
                NodeJournal second = journal(2)) {
            CodebookLearning a = add(first, CONFIG, 1);
            CodebookLearning b = add(second, CONFIG, 2);
            bootstrap(1, 0);
            cluster.until("both are final", () -> a.learned().isFinal() && b.learned().isFinal());
            id = cluster.node(0).peer().id();
            codebook = a.learned().codebook().idHex();
            cluster.close();
        }
        try (NodeJournal journal = journal(1)) {
            CodebookLearning again = add(journal, CONFIG, 1);

            assertThat(cluster.node(2).peer().id()).isEqualTo(id);
            assertThat(again.learned().isFinal()).isTrue();
            assertThat(again.learned().codebook().idHex()).isEqualTo(codebook);
            cluster.close();
        }
    }

    /// The one that stays would have more items than there are rows, if any counted twice.
    @Test
    void shouldGoOnCollectingAfterARestart() throws IOException {
        GossipPqConfig endless = CONFIG.withRounds(1 << 20, 1 << 20);
        try (NodeJournal second = journal(2)) {
            CodebookLearning stays = add(second, endless, 2);
            try (NodeJournal first = journal(1)) {
                CodebookLearning a = add(first, endless, 1);
                bootstrap(1, 0);
                cluster.until(
                        "all items are everywhere",
                        () ->
                                a.counters().itemsTaken() == 2 * ROWS
                                        && stays.counters().itemsTaken() == 2 * ROWS);
                cluster.member(1).close();
            }
            try (NodeJournal first = journal(1)) {
                CodebookLearning again = add(first, endless, 1);
                long restored = again.counters().itemsTaken();
                bootstrap(2, 0);
                long same = stays.counters().same();
                cluster.until("they agree again", () -> stays.counters().same() > same + 4);

                // Its own rows and the other's, for both subspaces.
                assertThat(restored).isEqualTo(4 * ROWS);
                assertThat(again.counters().itemsTaken()).isEqualTo(restored);
                assertThat(stays.counters().itemsTaken()).isEqualTo(2 * ROWS);
                cluster.close();
            }
        }
    }
}
