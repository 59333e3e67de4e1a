package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.OneSemanticNode.DIMENSIONS;
import static ai.bytesandbrains.engine.semantic.SemanticCopy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.semantic.SemanticCopy.Entry;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a node remembers, for how long, and how fast it learns.
class SemanticLearningTest {

    private static final byte[] EAST = {100, 0, 0, 0};
    private static final byte[] NORTH = {0, 100, 0, 0};

    /// Messages as those of whole nodes: half of their entries are any.
    private static final SemanticConfig CONFIG =
            SemanticConfig.of(Metric.COSINE, DIMENSIONS).withProfiles(2).withEntries(4, 2);

    private OneSemanticNode node = new OneSemanticNode(CONFIG);

    @AfterEach
    void close() {
        node.close();
    }

    private Set<Long> known() {
        long[] ranked = new long[64];
        MemorySegment query = MemorySegment.ofArray(new float[] {1, 1, 0, 0});
        int count = node.overlay.router().rank(query, 0, ranked, ranked.length);
        Set<Long> ids = new HashSet<>();
        for (int i = 0; i < count; i++) {
            ids.add(node.table.shortIdOf(ranked[i]));
        }
        return ids;
    }

    private int exchangesIn(long durationNs) {
        int before = node.sent.size();
        long end = node.nowNs + durationNs;
        while (node.overlay.nextDeadlineNs(node.nowNs) - end < 0) {
            node.pollNext();
            answerLast();
        }
        node.nowNs = end;
        return node.sent.size() - before;
    }

    /// Nothing new: the asked peer has the profile that it had.
    private void answerLast() {
        if (node.last().kind() == SemanticKind.EXCHANGE) {
            int from = (int) node.lastReceiver();
            node.receive(
                    SemanticCopy.of(
                            SemanticKind.EXCHANGE_REPLY,
                            node.last().requestId(),
                            from,
                            Entry.of(from, 0, 1, 0, EAST)));
        }
    }

    @Test
    void shouldTakeAnyProfileOfAPeerForALifeSignOfAllOfThem() {
        node.receive(exchange(1, 2, Entry.of(3, 0, 1, 5, EAST), Entry.of(3, 1, 1, 5, NORTH)));
        for (int cycle = 0; cycle < 3 * CONFIG.maxAge(); cycle++) {
            // It is the news alone that counts, not what the node asks.
            node.refusing = true;
            node.pass(CONFIG.periodNs());
            node.refusing = false;
            node.receive(exchange(cycle + 2, 2, Entry.of(3, 1, 1, 1, NORTH)));
        }

        assertThat(node.logic.seen(0).indexOf(node.handle(3), 0)).isNotNegative();
        assertThat(known()).contains(3L);
    }

    @Test
    void shouldForgetAPeerOfWhichNobodyHears() {
        node.receive(exchange(1, 2, Entry.of(2, 0, 1, 0, EAST), Entry.of(3, 0, 1, 5, NORTH)));
        assertThat(known()).containsExactlyInAnyOrder(2L, 3L);

        for (int cycle = 0; cycle < 2 * CONFIG.maxAge(); cycle++) {
            node.pass(CONFIG.periodNs());
            node.receive(exchange(cycle + 2, 2, Entry.of(2, 0, 1, 0, EAST)));
        }

        assertThat(known()).containsExactly(2L);
    }

    @Test
    void shouldForgetWhatAPeerDoesNotHaveAnyMore() {
        node.setProfile(0, 1, 0, 0, 0);
        node.receive(exchange(1, 2, Entry.of(2, 0, 1, 0, EAST), Entry.of(2, 1, 1, 0, NORTH)));
        assertThat(node.logic.seen(0).indexOf(node.handle(2), 1)).isNotNegative();

        node.receive(exchange(2, 2, Entry.of(2, 0, 1, 0, EAST)));

        assertThat(node.logic.seen(0).indexOf(node.handle(2), 1)).isNegative();
        assertThat(node.near(0)).containsExactly(2L);
    }

    @Test
    void shouldExchangeFasterWhileMuchIsNew() {
        node.randomPeer = 9;
        assertThat(exchangesIn(4 * CONFIG.periodNs())).isBetween(8, 16);
        exchangesIn(10 * CONFIG.periodNs());

        assertThat(exchangesIn(4 * CONFIG.periodNs())).isEqualTo(4);
    }

    @Test
    void shouldNotHurryWhereItCannotKnowEverybody() {
        node.close();
        node = new OneSemanticNode(CONFIG.withSeen(2));
        node.randomPeer = 9;
        node.receive(
                exchange(
                        1,
                        2,
                        Entry.of(3, 0, 1, 5, EAST),
                        Entry.of(4, 0, 1, 5, EAST),
                        Entry.of(5, 0, 1, 5, NORTH)));
        node.pollNext();
        answerLast();

        assertThat(exchangesIn(4 * CONFIG.periodNs())).isLessThanOrEqualTo(4);
    }

    /// The random layer knows 9 alone; who has been heard of is met before 9 is met again.
    @Test
    void shouldMeetWhomItHasOnlyHeardOf() {
        node.randomPeer = 9;
        node.receive(exchange(1, 2, Entry.of(3, 0, 1, 5, EAST), Entry.of(4, 0, 1, 5, NORTH)));

        exchangesIn(2 * CONFIG.periodNs());

        List<Long> met = node.receivers.subList(1, 4);
        assertThat(met).containsExactlyInAnyOrder(9L, 3L, 4L);
    }

    @Test
    void shouldSeeWhetherAPeerLivesThatDidNotAnswerASearch() {
        node.receive(exchange(1, 2, Entry.of(3, 0, 1, 5, EAST), Entry.of(4, 0, 1, 5, NORTH)));
        node.overlay.router().onSilence(node.handle(4));
        node.overlay.router().onSilence(node.handle(4));

        node.pollNext();
        assertThat(node.lastReceiver()).isEqualTo(4);
        node.pass(CONFIG.requestTimeoutNs());
        node.overlay.router().onSilence(node.handle(4));
        node.pass(CONFIG.requestTimeoutNs());
        node.pass(CONFIG.periodNs());

        assertThat(known()).doesNotContain(4L);
    }
}
