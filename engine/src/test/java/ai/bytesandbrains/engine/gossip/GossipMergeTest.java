package ai.bytesandbrains.engine.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.Peers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Merges, against a plain reading of the algorithm.
class GossipMergeTest {

    /// What a merge must leave, as far as it is not left to chance.
    private record Expected(
            int size,
            Set<Integer> gone,
            Set<Integer> sentThatStay,
            int sentToStay,
            Set<Integer> newcomersThatStay,
            Map<Integer, Integer> ages) {}

    @ParameterizedTest(name = "c={0} H={1} S={2} seed={3}")
    @CsvSource({
        "20, 2, 8, 1",
        "20, 2, 8, 2",
        "20, 2, 8, 3",
        "20, 0, 0, 4",
        "20, 10, 0, 5",
        "20, 0, 10, 6",
        "8, 1, 3, 7",
        "8, 4, 0, 8",
        "2, 0, 1, 9",
        "2, 1, 0, 10",
        "30, 0, 15, 11"
    })
    void shouldMergeAsTheAlgorithmSays(int c, int healing, int swap, long seed) {
        GossipConfig config = GossipConfig.defaults().withView(c, healing, swap);
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            try (OneNode one = new OneNode(config, seed * 1_000 + round, 512)) {
                fillWithDistinctAges(one, random);
                CollectedStep.Message request = one.nextMessage();
                Map<Integer, Integer> before = one.view();
                List<PeerDescriptor> reply = reply(one, request, before, random);
                Expected expected = expect(config, before, request, reply, one);

                one.receiveFrom(
                        one.to(request),
                        new GossipCopy(GossipKind.REPLY, request.requestId(), reply));

                compare(expected, one.view(), one);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, GossipConfig.MAX_AGE + 1})
    void shouldTakeAgesThatCannotBeForTheOldest(int age) {
        try (OneNode one = new OneNode(GossipConfig.defaults())) {
            one.receive(GossipCopy.of(GossipKind.PUSH, 1, age, 10, 11));

            assertThat(one.view()).containsValues(GossipConfig.MAX_AGE).hasSize(2);
        }
    }

    @Test
    void shouldKeepTheYoungestOfDoubles() {
        try (OneNode one = new OneNode(GossipConfig.defaults())) {
            List<PeerDescriptor> peers = new ArrayList<>();
            for (int age : new int[] {9, 4, 6}) {
                peers.add(Peers.descriptor(10).age(age));
            }
            one.receive(new GossipCopy(GossipKind.PUSH, 1, peers));

            assertThat(one.view()).containsExactly(Map.entry(10, 5));
        }
    }

    @Test
    void shouldNotMakeAKnownPeerOlder() {
        try (OneNode one = new OneNode(GossipConfig.defaults())) {
            one.know(3, 10, 11);
            one.know(800, 12, 10);

            assertThat(one.view().get(10)).isEqualTo(5);
        }
    }

    @Test
    void shouldNotTakeItselfIn() {
        try (OneNode one = new OneNode(GossipConfig.defaults())) {
            one.receive(GossipCopy.of(GossipKind.PUSH, 1, 0, 10, OneNode.SELF, 11));

            assertThat(one.view()).containsOnlyKeys(10, 11);
        }
    }

    @Test
    void shouldTakeNoMoreThanHalfAViewFromOneMessage() {
        try (OneNode one = new OneNode(GossipConfig.defaults())) {
            int[] many = IntStream.rangeClosed(10, 200).toArray();
            one.receive(GossipCopy.of(GossipKind.PUSH, 1, 0, many));

            assertThat(one.view()).hasSize(10);
        }
    }

    @Test
    void shouldRemoveASentPeerEvenIfItCameBackYounger() {
        GossipConfig config = GossipConfig.defaults().withView(4, 0, 2);
        try (OneNode one = new OneNode(config)) {
            one.know(50, 10, 11);
            one.know(50, 12, 13);
            CollectedStep.Message request = one.nextMessage();
            int sent = one.numbers(request).get(1);

            one.receiveFrom(
                    one.to(request),
                    GossipCopy.of(GossipKind.REPLY, request.requestId(), 0, 99, sent));

            assertThat(one.view()).hasSize(4).containsKey(99).doesNotContainKey(sent);
        }
    }

    @Test
    void shouldKeepTheOldestOutOfWhatItSends() {
        GossipConfig config = GossipConfig.defaults().withView(8, 4, 0);
        try (OneNode one = new OneNode(config)) {
            one.know(500, 10, 11, 12, 13);
            one.know(5, 20, 21, 22, 23);

            assertThat(one.numbers(one.nextMessage()).subList(1, 4)).allMatch(n -> n >= 20);
        }
    }

    @Test
    void shouldSendItselfFirstAndFresh() {
        try (OneNode one = new OneNode(GossipConfig.defaults())) {
            one.know(5, 20, 21);
            CollectedStep.Message message = one.nextMessage();

            assertThat(message.entries().getFirst())
                    .isEqualTo(new CollectedStep.Entry(Peers.peer(OneNode.SELF), 0));
        }
    }

    @Test
    void shouldAskTheOldestByTail() {
        try (OneNode one =
                new OneNode(
                        GossipConfig.defaults()
                                .withExchange(PeerSelector.TAIL, GossipMode.PUSH_PULL))) {
            one.know(5, 20, 21);
            one.know(900, 30);
            one.know(7, 22);

            assertThat(one.to(one.nextMessage())).isEqualTo(30);
        }
    }

    private static void fillWithDistinctAges(OneNode one, Random random) {
        // Each message makes the view older by one, so neighbouring ages could become the same.
        List<Integer> ages = new ArrayList<>(IntStream.range(1, 500).boxed().toList());
        Collections.shuffle(ages, random);
        int c = one.config.viewSize();
        for (int from = 0; from < c; from += one.config.exchangeSize()) {
            List<PeerDescriptor> peers = new ArrayList<>();
            for (int i = from; i < Math.min(c, from + one.config.exchangeSize()); i++) {
                peers.add(Peers.descriptor(10 + i).age(4 * ages.get(i)));
            }
            one.receive(new GossipCopy(GossipKind.PUSH, -1 - from, peers));
            one.nowNs += one.config.periodNs() / 8;
        }
        assertThat(new HashSet<>(one.view().values())).hasSize(c);
    }

    /// The replier, then old and new peers, with ages that no two entries share.
    private static List<PeerDescriptor> reply(
            OneNode one, CollectedStep.Message request, Map<Integer, Integer> view, Random random) {
        List<PeerDescriptor> reply = new ArrayList<>();
        reply.add(Peers.descriptor(one.to(request)).age(0));
        Set<Integer> ages = new HashSet<>(view.values());
        List<Integer> pool = new ArrayList<>(IntStream.range(10, 80).boxed().toList());
        pool.add(OneNode.SELF);
        Collections.shuffle(pool, random);
        int size = 1 + random.nextInt(one.config.exchangeSize());
        for (int i = 1; i < size; i++) {
            int age;
            do {
                age = random.nextInt(2_500);
            } while (!ages.add(age));
            reply.add(Peers.descriptor(pool.get(i)).age(age));
        }
        return reply;
    }

    private static Expected expect(
            GossipConfig config,
            Map<Integer, Integer> before,
            CollectedStep.Message request,
            List<PeerDescriptor> reply,
            OneNode one) {
        Map<Integer, Integer> union = new LinkedHashMap<>(before);
        for (PeerDescriptor peer : reply) {
            int number = (int) peer.shortId();
            int known = union.getOrDefault(number, Integer.MAX_VALUE);
            if (number != OneNode.SELF && peer.age() < known) {
                union.put(number, peer.age());
            }
        }
        Set<Integer> gone = new TreeSet<>();
        int c = config.viewSize();
        int oldest = Math.clamp(union.size() - c, 0, config.healing());
        union.entrySet().stream()
                .sorted(Map.Entry.<Integer, Integer>comparingByValue(Comparator.reverseOrder()))
                .limit(oldest)
                .forEach(entry -> gone.add(entry.getKey()));
        union.keySet().removeAll(gone);
        Set<Integer> old = new HashSet<>(union.keySet());
        old.retainAll(before.keySet());
        Set<Integer> sent = new HashSet<>(one.numbers(request).subList(1, request.size()));
        sent.retainAll(old);
        int excess = Math.max(union.size() - c, 0);
        int swapped = Math.min(Math.min(excess, config.swap()), old.size());
        Set<Integer> newcomers = new HashSet<>();
        if (swapped == excess) {
            newcomers.addAll(union.keySet());
            newcomers.removeAll(old);
        }
        int sentToStay = Math.max(sent.size() - swapped, 0);
        return new Expected(Math.min(union.size(), c), gone, sent, sentToStay, newcomers, union);
    }

    private static void compare(Expected expected, Map<Integer, Integer> view, OneNode one) {
        assertThat(view).hasSize(expected.size());
        assertThat(view.keySet()).noneMatch(expected.gone()::contains);
        assertThat(expected.ages().keySet()).containsAll(view.keySet());
        assertThat(view.keySet()).containsAll(expected.newcomersThatStay());
        Map<Integer, Integer> aged = new HashMap<>();
        view.keySet().forEach(number -> aged.put(number, expected.ages().get(number) + 1));
        assertThat(view).isEqualTo(aged);
        Set<Integer> stayed = new HashSet<>(expected.sentThatStay());
        stayed.retainAll(view.keySet());
        boolean byChanceToo =
                expected.ages().size() - (expected.sentThatStay().size() - expected.sentToStay())
                        > one.config.viewSize();
        if (byChanceToo) {
            assertThat(stayed).hasSizeLessThanOrEqualTo(expected.sentToStay());
        } else {
            assertThat(stayed).hasSize(expected.sentToStay());
        }
    }
}
