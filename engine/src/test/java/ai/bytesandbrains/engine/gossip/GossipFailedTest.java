package ai.bytesandbrains.engine.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.Peers;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/// Peers that failed: what brings them back, and what must not.
class GossipFailedTest {

    private static final long MS = 1_000_000;
    private static final long T = 100 * MS;

    /// Views of twenty in a network of sixteen are never full, so that nothing is ever evicted; and
    /// a dead peer is found out only after ten periods.
    private static final GossipConfig SLOW_TO_NOTICE =
            GossipConfig.defaults().withTimes(T, 10 * T, 3 * T);

    private final OneNode one = new OneNode(GossipConfig.defaults());

    @AfterEach
    void close() {
        one.close();
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldNotHandTheDeadBackAndForth(long seed) {
        try (GossipNetwork network = sixteen(seed)) {
            for (int dead = 4; dead < 12; dead++) {
                network.kill(dead);
            }
            network.run(120 * T);

            for (int moment = 0; moment < 20; moment++) {
                network.run(10 * T);
                assertThat(network.alive())
                        .allSatisfy(
                                node ->
                                        assertThat(node.neighbours())
                                                .allMatch(number -> number < 4 || number >= 12));
            }
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldTakeBackWhoWasPaused(long seed) {
        try (GossipNetwork network = sixteen(seed)) {
            network.pause(5);
            network.run(60 * T);
            network.resume(5);
            network.run(40 * T);

            assertThat(network.alive())
                    .filteredOn(node -> node.number != 5)
                    .allSatisfy(node -> assertThat(node.neighbours()).contains(5));
        }
    }

    @Test
    void shouldTakeOneFailureForALostMessage() {
        one.know(3, 10, 11, 12);
        one.fail(12);
        one.know(3, 40, 12);

        assertThat(one.view()).containsKeys(40, 12);
    }

    @Test
    void shouldNotBelieveOldNewsOfAPeerThatFailedTwice() {
        failTwice(12);
        one.know(3, 41, 12);

        assertThat(one.view()).containsKey(41).doesNotContainKey(12);
    }

    @Test
    void shouldBelieveNewsThatIsClearlyYoungerThanTheFailure() {
        failTwice(12);
        for (int stranger = 41; stranger < 49; stranger++) {
            one.know(3, stranger);
        }
        one.know(3, 50, 12);

        assertThat(one.view()).containsKey(12);
    }

    @Test
    void shouldForgiveAPeerThatGetsInTouch() {
        failTwice(12);
        one.know(0, 12);

        assertThat(one.view()).containsKey(12);
    }

    @Test
    void shouldForgiveAPeerThatIsAddedByHand() {
        failTwice(12);
        one.gossip.addPeer(Peers.peer(12));
        one.collect();

        assertThat(one.view()).containsKey(12);
    }

    private void failTwice(int number) {
        one.know(3, 10, 11, number);
        one.fail(number);
        one.know(3, 40, number);
        one.fail(number);
    }

    private static GossipNetwork sixteen(long seed) {
        GossipNetwork network = new GossipNetwork(SLOW_TO_NOTICE, GossipNetwork.Faults.NONE, seed);
        for (int number = 1; number <= 16; number++) {
            network.start(number, List.of(Peers.peer(1)));
        }
        network.run(40 * T);
        return network;
    }
}
