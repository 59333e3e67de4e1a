package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.OneSemanticNode.DIMENSIONS;
import static ai.bytesandbrains.engine.semantic.OneSemanticNode.SELF;
import static ai.bytesandbrains.engine.semantic.SemanticCopy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.semantic.SemanticCopy.Entry;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.Random;

/// When and with whom a node exchanges, and what it sends.
class SemanticExchangeTest extends SemanticFixture {

    @Test
    void shouldStartWithARandomPeerAndSayWhatItHas() {
        node.setProfile(0, 1, 0, 0, 0);
        node.randomPeer = 7;

        node.pollNext();

        assertThat(node.last().kind()).isEqualTo(SemanticKind.EXCHANGE);
        assertThat(node.lastReceiver()).isEqualTo(7);
        assertThat(node.last().peers()).containsExactly((long) SELF);
        assertThat(node.last().entries().getFirst().components()).containsExactly(127, 0, 0, 0);
    }

    @Test
    void shouldListenWithoutAProfile() {
        node.randomPeer = 7;

        node.pollNext();

        assertThat(node.last().kind()).isEqualTo(SemanticKind.EXCHANGE);
        assertThat(node.last().entries()).isEmpty();
        long id = node.last().requestId();
        node.receive(
                SemanticCopy.of(
                        SemanticKind.EXCHANGE_REPLY,
                        id,
                        7,
                        SemanticCopy.Entry.of(7, 0, 1, 0, (byte) 1, (byte) 0, (byte) 0, (byte) 0),
                        SemanticCopy.Entry.of(8, 1, 1, 3, (byte) 0, (byte) 9, (byte) 0, (byte) 0)));
        long[] ranked = new long[4];
        MemorySegment query = MemorySegment.ofArray(new float[] {0.1f, 1, 0, 0});
        assertThat(node.overlay.router().rank(query, 0, ranked, 4)).isEqualTo(2);
        assertThat(ranked[0]).isEqualTo(node.handle(8));
        assertThat(ranked[1]).isEqualTo(node.handle(7));
    }

    @Test
    void shouldTellWhoListens() {
        node.setProfile(0, 1, 0, 0, 0);

        node.receive(exchange(5, 2));

        assertThat(node.last().kind()).isEqualTo(SemanticKind.EXCHANGE_REPLY);
        assertThat(node.last().peers()).containsExactly((long) OneSemanticNode.SELF);
    }

    @Test
    void shouldAnswerWithItsOwnProfileAndThoseNearTheAskers() {
        node.setProfile(0, 1, 0, 0, 0);
        node.receive(
                exchange(
                        1,
                        2,
                        Entry.of(2, 0, 1, 0, EAST),
                        Entry.of(3, 0, 1, 1, at(80)),
                        Entry.of(4, 0, 1, 1, at(-80))));

        node.receive(exchange(9, 5, Entry.of(5, 0, 1, 0, NORTH)));

        assertThat(node.last().kind()).isEqualTo(SemanticKind.EXCHANGE_REPLY);
        assertThat(node.last().requestId()).isEqualTo(9);
        assertThat(node.lastReceiver()).isEqualTo(5);
        assertThat(node.last().peers()).containsExactly((long) SELF, 3L, 2L, 4L);
    }

    /// The answer of a peer that has been there for long, and of one that has just come.
    @ParameterizedTest
    @ValueSource(ints = {3, 1})
    void shouldHurryToItsPlaceWhereOthersWereBefore(int age) {
        node.setProfile(0, 1, 0, 0, 0);
        node.randomPeer = 7;
        node.pollNext();
        reply(Entry.of(7, 0, 1, 0, at(90)), Entry.of(8, 0, 1, age, at(40)));
        node.overlay.poll(node.nowNs);

        if (age == 1) {
            assertThat(node.receivers).containsExactly(7L);
            return;
        }
        assertThat(node.receivers).containsExactly(7L, 8L);
        reply(
                Entry.of(8, 0, 1, 0, at(40)),
                Entry.of(9, 0, 1, age, at(20)),
                Entry.of(10, 0, 1, age, at(30)));
        node.overlay.poll(node.nowNs);
        assertThat(node.receivers).containsExactly(7L, 8L, 9L);
        reply(Entry.of(9, 0, 1, 0, at(20)), Entry.of(8, 0, 1, age, at(40)));
        node.overlay.poll(node.nowNs);
        assertThat(node.receivers).containsExactly(7L, 8L, 9L, 10L);
        reply(Entry.of(10, 0, 1, 0, at(30)), Entry.of(8, 0, 1, age, at(40)));
        node.overlay.poll(node.nowNs);
        assertThat(node.receivers).hasSize(4);
    }

    @Test
    void shouldNotHurryForEver() {
        node.setProfile(0, 1, 0, 0, 0);
        node.randomPeer = 7;
        node.pollNext();
        for (int i = 0; i < 40; i++) {
            int from = (int) node.lastReceiver();
            reply(Entry.of(from, 0, 1, 0, at(90)), Entry.of(10 + i, 0, 1, 3, at(1 + i)));
            node.overlay.poll(node.nowNs);
        }

        assertThat(node.sent).hasSize(17);
    }

    @Test
    void shouldChangeNothingWhenTheTransportRefuses() {
        node.setProfile(0, 1, 0, 0, 0);
        node.randomPeer = 7;
        node.refusing = true;
        node.pollNext();
        node.receive(exchange(1, 2, Entry.of(2, 0, 1, 0, EAST)));
        assertThat(node.near(0)).isEmpty();
        assertThat(node.logic.counters().started()).isZero();

        node.refusing = false;
        node.pollNext();
        assertThat(node.last().kind()).isEqualTo(SemanticKind.EXCHANGE);
    }

    @Test
    void shouldHoldNoReferencesWhenItIsClosed() {
        restart(SemanticConfig.of(Metric.COSINE, DIMENSIONS).withProfiles(3));
        Random random = new Random(3);
        node.setProfile(0, 1, 0, 0, 0);
        node.setProfile(1, 0, 1, 0, 0);
        node.setProfile(2, 0, 0, 1, 0);
        for (int round = 0; round < 300; round++) {
            Entry[] entries = new Entry[1 + random.nextInt(10)];
            int from = 2 + random.nextInt(100);
            for (int i = 0; i < entries.length; i++) {
                byte[] components = new byte[DIMENSIONS];
                random.nextBytes(components);
                int number = i == 0 ? from : 2 + random.nextInt(100);
                entries[i] =
                        Entry.of(number, random.nextInt(4), round, random.nextInt(9), components);
            }
            node.receive(exchange(round, from, entries));
            if (random.nextInt(4) == 0) {
                node.pass(node.config.requestTimeoutNs());
            }
            if (random.nextInt(20) == 0) {
                node.overlay.removePeer(Peers.peer(from).id());
            }
            if (random.nextInt(30) == 0) {
                node.overlay.addPeer(Peers.peer(200 + round));
            }
            if (random.nextInt(40) == 0) {
                node.overlay.clearProfile(2);
                node.setProfile(2, 0, 0, random.nextFloat() + 1, 1);
            }
        }
        assertThat(node.table.size()).isGreaterThan(20);

        node.overlay.close();

        assertThat(node.table.size()).isZero();
    }
}
