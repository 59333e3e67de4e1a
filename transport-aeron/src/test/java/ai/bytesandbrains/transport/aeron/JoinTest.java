package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossip.JoinOutcome;
import ai.bytesandbrains.engine.gossip.JoinResult;
import ai.bytesandbrains.engine.gossip.JoinState;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.space.Metric;

import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

class JoinTest {

    private static final GossipConfig GOSSIP =
            GossipConfig.defaults().withTimes(Cluster.ms(10), Cluster.ms(60), Cluster.ms(5));
    private static final Peer NOBODY = new Peer(new PeerId(7, 7, 7, 7), Address.memory(99));

    private final ManualClock clock = new ManualClock();
    private final MemoryNetwork network = new MemoryNetwork(1 << 16);
    private final Cluster cluster =
            new Cluster(8, 10, ThreadLocalRandom.current().nextLong())
                    .beforeStep(() -> clock.advance(Cluster.ms(1)));

    @AfterEach
    void close() {
        cluster.close();
    }

    private Node start(int mailbox) {
        return cluster.add(GOSSIP, network.mailbox(mailbox), clock).node;
    }

    private JoinOutcome await(Node node, long op) {
        Await.until("the end of a join", () -> node.joins().isFinished(op), cluster::step);
        JoinOutcome outcome = node.joins().outcome(op);
        node.joins().finish(op);
        return outcome;
    }

    @Test
    void shouldJoinThroughASeed() {
        Peer seed = start(1).peer();
        Node node = start(2);
        long op = node.beginJoin(List.of(seed), Cluster.ms(1_000));

        assertThat(node.joins().state(op)).isEqualTo(JoinState.ALONE);
        assertThat(await(node, op)).isEqualTo(JoinOutcome.JOINED);
        assertThat(node.status().joinState()).isEqualTo(JoinState.JOINED);
    }

    @Test
    void shouldSayThatNobodyAnswers() {
        Node node = start(1);

        assertThat(await(node, node.beginJoin(List.of(NOBODY), Cluster.ms(300))))
                .isEqualTo(JoinOutcome.NO_ANSWER);
    }

    @Test
    void shouldSayThatThereIsNobodyToAsk() {
        Node node = start(1);

        assertThat(await(node, node.beginJoin(List.of(node.peer()), Cluster.ms(300))))
                .isEqualTo(JoinOutcome.NO_SEEDS);
    }

    @Test
    void shouldEndJoinsWhenTheNodeIsClosed() {
        Node node = start(1);
        long taken = node.beginJoin(List.of(NOBODY), Cluster.ms(300));
        cluster.step();
        long waiting = node.beginJoin(List.of(NOBODY), Cluster.ms(300));
        node.close();

        assertThat(node.joins().outcome(taken)).isEqualTo(JoinOutcome.CLOSED);
        assertThat(node.joins().outcome(waiting)).isEqualTo(JoinOutcome.CLOSED);
        assertThatIllegalStateException()
                .isThrownBy(() -> node.join(List.of(NOBODY), 1))
                .withMessageContaining("is closed");
    }

    @Test
    void shouldRefuseMoreJoinsThanItHasRoomFor() {
        Node node = start(1);
        int begun = 0;
        while (node.beginJoin(List.of(NOBODY), Cluster.ms(300)) != OpTable.NULL_OP) {
            begun++;
        }

        assertThat(begun).isPositive();
        assertThatIllegalStateException()
                .isThrownBy(() -> node.join(List.of(NOBODY), 1))
                .withMessageContaining("too many joins");
    }

    @Test
    void shouldWaitForTheEndOfAJoin() {
        try (FlatIndex index = new FlatIndex(Metric.L2.space(8));
                AgentRunner runner =
                        new AgentRunner(
                                new BackoffIdleStrategy(1, 1, 1_000, 100_000),
                                error -> {
                                    throw new AssertionError(error);
                                },
                                null,
                                new Node(
                                        NodeConfig.of("test").withGossip(GOSSIP),
                                        index,
                                        network.mailbox(1)))) {
            Node node = (Node) runner.agent();
            AgentRunner.startOnThread(runner);
            JoinResult result = node.join(List.of(NOBODY), Cluster.ms(1));

            assertThat(result.outcome()).isEqualTo(JoinOutcome.NO_ANSWER);
            assertThat(result.isJoined()).isFalse();
            assertThat(result.elapsedNs()).isGreaterThanOrEqualTo(Cluster.ms(1));
        }
    }
}
