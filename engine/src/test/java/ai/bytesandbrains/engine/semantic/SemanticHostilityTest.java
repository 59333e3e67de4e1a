package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.OneSemanticNode.DIMENSIONS;
import static ai.bytesandbrains.engine.semantic.OneSemanticNode.SELF;
import static ai.bytesandbrains.engine.semantic.SemanticCopy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.semantic.SemanticCopy.Entry;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Messages and parameters that make no sense, and too many of them.
class SemanticHostilityTest extends SemanticFixture {

    @Test
    void shouldSayThatItIsBusyAboveItsBudget() {
        node.setProfile(0, 1, 0, 0, 0);
        for (int i = 0; i < node.config.exchangesPerPeriod(); i++) {
            node.receive(exchange(i, 2 + i, Entry.of(2 + i, 0, 1, 0, EAST)));
            assertThat(node.last().size()).isPositive();
        }

        node.receive(exchange(77, 60, Entry.of(60, 0, 1, 0, EAST)));

        assertThat(node.last().requestId()).isEqualTo(77);
        assertThat(node.last().size()).isZero();
        assertThat(node.handle(60)).isEqualTo(PeerTable.NULL_PEER);
    }

    @Test
    void shouldTakeAnswersOnlyFromWhomItAsked() {
        node.setProfile(0, 1, 0, 0, 0);
        node.randomPeer = 7;
        node.pollNext();
        long request = node.last().requestId();
        node.table.acquire(Peers.descriptor(8));

        node.receive(
                SemanticCopy.of(
                        SemanticKind.EXCHANGE_REPLY, request, 8, Entry.of(8, 0, 1, 0, EAST)));
        node.receive(
                SemanticCopy.of(
                        SemanticKind.EXCHANGE_REPLY, request + 1, 7, Entry.of(7, 0, 1, 0, EAST)));
        assertThat(node.logic.counters().unsolicited()).isEqualTo(2);
        assertThat(node.near(0)).isEmpty();

        node.receive(
                SemanticCopy.of(
                        SemanticKind.EXCHANGE_REPLY, request, 7, Entry.of(7, 0, 1, 0, EAST)));
        assertThat(node.near(0)).containsExactly(7L);
    }

    @Test
    void shouldLeaveOutWhatMakesNoSense() {
        node.setProfile(0, 1, 0, 0, 0);
        byte[] zero = new byte[DIMENSIONS];

        node.receive(
                exchange(
                        1,
                        2,
                        Entry.of(2, 0, 1, 0, EAST),
                        Entry.of(3, -1, 1, 1, EAST),
                        Entry.of(4, SemanticConfig.MAX_PROFILES, 1, 1, EAST),
                        Entry.of(5, 0, 1, -1, EAST),
                        Entry.of(6, 0, 1, Integer.MAX_VALUE, EAST),
                        Entry.of(7, 0, 1, 1, zero),
                        Entry.of(SELF, 0, 1, 1, EAST),
                        Entry.of(8, 0, 1, 1, EAST).withScale(Float.NaN)));

        // Where a direction is all that counts, its scale is not believed anyway.
        assertThat(node.near(0)).containsExactlyInAnyOrder(2L, 8L);
        assertThat(distanceOf(8)).isZero();
        assertThat(node.table.size()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.MAX_VALUE})
    void shouldNotTakeAScaleThatCannotBe(float scale) {
        restart(SemanticConfig.of(Metric.L2, DIMENSIONS));
        node.setProfile(0, 1, 0, 0, 0);

        node.receive(
                exchange(
                        1,
                        2,
                        Entry.of(2, 0, 1, 0, EAST),
                        Entry.of(3, 0, 1, 0, EAST).withScale(scale)));

        assertThat(node.near(0)).containsExactly(2L);
    }

    @Test
    void shouldNotTakeMessagesOfOtherDimensionsOrFromItself() {
        node.setProfile(0, 1, 0, 0, 0);

        node.receive(exchange(1, 2, Entry.of(2, 0, 1, 0, new byte[DIMENSIONS + 1])));
        node.receive(exchange(1, SELF, Entry.of(SELF, 0, 1, 0, EAST)));

        assertThat(node.sent).isEmpty();
        assertThat(node.logic.counters().rejected()).isEqualTo(2);
    }

    @Test
    void shouldNameWhatIsWrongWithAConfiguration() {
        SemanticConfig config = SemanticConfig.of(Metric.COSINE, 4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SemanticConfig.of(Metric.INNER_PRODUCT, 4))
                .withMessageContaining("metric=INNER_PRODUCT");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withProfiles(9))
                .withMessageContaining("profiles=9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withViews(20, 24, Float.NaN))
                .withMessageContaining("alpha=NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withTimes(1, 2))
                .withMessageContaining("requestTimeoutNs=2");
    }
}
