package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.OneSemanticNode.DIMENSIONS;
import static ai.bytesandbrains.engine.semantic.OneSemanticNode.SELF;
import static ai.bytesandbrains.engine.semantic.SemanticCopy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.semantic.DigestCopy.Known;
import ai.bytesandbrains.engine.semantic.SemanticCopy.Entry;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/// Nodes that tell whom they know, and send each other what is lacking.
class SemanticDigestTest {

    private static final byte[] EAST = {100, 0, 0, 0};
    private static final byte[] NORTH = {0, 100, 0, 0};
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private static final SemanticConfig CONFIG =
            SemanticConfig.of(Metric.COSINE, DIMENSIONS)
                    .withProfiles(2)
                    .withEntries(4, 2)
                    .withDigest(16);

    /// Both of the node's profiles, each in its first version.
    private static final Known OWN = new Known(SELF, 3, 0b11, 31 + 1);

    private OneSemanticNode node = new OneSemanticNode(CONFIG);

    @BeforeEach
    void describe() {
        node.setProfile(0, 1, 0, 0, 0);
        node.setProfile(1, 0, 1, 0, 0);
    }

    @AfterEach
    void close() {
        node.close();
    }

    private void restart(SemanticConfig config) {
        node.close();
        node = new OneSemanticNode(config);
        describe();
    }

    /// The node hears of 2, in version 1, and of both profiles of 3, in versions 5 and 2.
    private void hearOfTwoAndThree() {
        node.receive(
                exchange(
                        1,
                        2,
                        Entry.of(2, 0, 1, 0, EAST),
                        Entry.of(3, 0, 5, 4, NORTH),
                        Entry.of(3, 1, 2, 6, EAST)));
    }

    /// The node hears of one profile of each, four in a period.
    private void hearOf(int first, int last) {
        for (int peer = first; peer <= last; peer++) {
            node.nowNs += CONFIG.periodNs() / 4;
            node.receive(exchange(peer, 2, Entry.of(peer, 0, 1, 0, EAST)));
        }
    }

    private static Known three(int age) {
        return new Known(3, age, 0b11, 31 * 5 + 2);
    }

    /// Peer 9 asks and says whom it knows; it has one profile.
    private SemanticCopy askKnowing(Known... known) {
        List<Known> all = new ArrayList<>(List.of(new Known(9, 0, 1, 1)));
        all.addAll(List.of(known));
        return ask(new DigestCopy(0, 0, all));
    }

    private SemanticCopy ask(DigestCopy digest) {
        node.nowNs += CONFIG.periodNs();
        node.receive(exchange(9, 9, Entry.of(9, 0, 1, 0, EAST)).with(digest));
        assertThat(node.last().kind()).isEqualTo(SemanticKind.EXCHANGE_REPLY);
        return node.last();
    }

    private List<String> entries(SemanticCopy message) {
        return message.entries().stream()
                .map(entry -> entry.peer().shortId() + "/" + entry.profile())
                .toList();
    }

    @Test
    void shouldTellWhomItKnowsInPlaceOfWhatItKnows() {
        hearOfTwoAndThree();

        node.pollNext();

        SemanticCopy sent = node.last();
        assertThat(node.lastReceiver()).as("never met").isEqualTo(3);
        assertThat(sent.peers()).containsExactly((long) SELF, (long) SELF);
        assertThat(sent.digest().ids()).containsExactly((long) SELF, 3L, 2L);
        assertThat(sent.digest().of(SELF)).isEqualTo(new Known(SELF, 0, 0b11, 31 + 1));
        assertThat(sent.digest().of(3)).isEqualTo(three(4));
        assertThat(sent.digest().of(2)).isEqualTo(new Known(2, 0, 1, 1));
        assertThat(sent.digest().partBits()).isZero();
    }

    @Test
    void shouldSendOneOfItsProfilesToWhomItHasMet() {
        node.receive(exchange(1, 2, Entry.of(2, 0, 1, 0, EAST)));
        node.randomPeer = 2;

        node.pollNext();

        assertThat(node.last().kind()).isEqualTo(SemanticKind.EXCHANGE);
        assertThat(node.lastReceiver()).isEqualTo(2);
        assertThat(node.last().peers()).containsExactly((long) SELF);
    }

    @Test
    void shouldTellWhomItKnowsWithoutAProfile() {
        node.overlay.clearProfile(0);
        node.overlay.clearProfile(1);
        node.randomPeer = 7;

        node.pollNext();

        assertThat(node.last().entries()).isEmpty();
        assertThat(node.last().digest().of(SELF)).isEqualTo(new Known(SELF, 0, 0, 0));
    }

    @Test
    void shouldAnswerWithAllItsProfilesAndAllThatAreLackingToWhoKnowsNothing() {
        hearOfTwoAndThree();

        SemanticCopy answer = askKnowing();

        assertThat(entries(answer)).startsWith("1/0", "1/1").contains("2/0").hasSize(4);
        assertThat(answer.digest().ids()).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void shouldAnswerWithNothingElseThanWhatIsLacking() {
        hearOfTwoAndThree();

        assertThat(entries(askKnowing(OWN, new Known(3, 9, 1, 5))))
                .containsExactlyInAnyOrder("1/0", "2/0", "3/1");
        assertThat(entries(askKnowing(OWN, new Known(2, 9, 1, 1), three(9))))
                .containsExactly("1/0");
        assertThat(entries(askKnowing(OWN, new Known(2, 9, 1, 0), three(9))))
                .as("an older version")
                .containsExactly("1/0", "2/0");
        assertThat(entries(askKnowing(new Known(SELF, 3, 0b11, 31), new Known(2, 9, 1, 1))))
                .as("an older version of its own")
                .contains("1/0", "1/1");
    }

    /// What 3 does not have any more would otherwise be passed on for ever.
    @Test
    void shouldNotSendWhatSomebodyLacksWhoHasHeardMoreLately() {
        hearOfTwoAndThree();

        assertThat(entries(askKnowing(OWN, new Known(2, 9, 1, 1), new Known(3, 3, 1, 5))))
                .containsExactly("1/0");
    }

    @Test
    void shouldTakeYoungerNewsOfWhatItKnowsAsWell() {
        hearOfTwoAndThree();

        assertThat(askKnowing(OWN, three(6)).digest().of(3).age()).isEqualTo(4);
        assertThat(askKnowing(OWN, three(1)).digest().of(3).age()).isEqualTo(1);
        node.pass(CONFIG.periodNs());
        assertThat(askKnowing(OWN).digest().of(3).age()).isEqualTo(2);
    }

    @ParameterizedTest(name = "profiles={0} versions={1}")
    @CsvSource({"1, 5", "3, 156", "7, 157", "0, 0"})
    void shouldNotTakeYoungerNewsOfSomethingElse(int profiles, int versions) {
        hearOfTwoAndThree();

        SemanticCopy answer = askKnowing(OWN, new Known(3, 1, profiles, versions));

        assertThat(answer.digest().of(3).age()).isEqualTo(4);
    }

    @Test
    void shouldNotHearOfPeersByListsAlone() {
        askKnowing(OWN, three(0), new Known(77, 0, 1, 1));

        assertThat(askKnowing(OWN).digest().ids()).containsExactlyInAnyOrder(1L, 9L);
        assertThat(node.table.find(77)).isZero();
    }

    @Test
    void shouldForgetWhatTheSenderDoesNotHaveAnyMore() {
        hearOfTwoAndThree();
        SemanticCopy one = exchange(5, 3, Entry.of(3, 0, 5, 0, NORTH));

        node.receive(one.with(DigestCopy.of(three(0))));
        assertThat(askKnowing(OWN).digest().of(3).profiles()).isEqualTo(0b11);

        node.receive(one.with(DigestCopy.of(new Known(3, 0, 1, 5))));
        assertThat(askKnowing(OWN).digest().of(3).profiles()).isEqualTo(1);
    }

    @ParameterizedTest(name = "bits={0} part={1}")
    @CsvSource({"-1, 0", "17, 0", "0, 1", "3, 8", "3, -1", "2147483647, 0", "32, 0"})
    void shouldAnswerAsWithoutAListThatMakesNoSense(int partBits, int part) {
        hearOfTwoAndThree();
        long rejected = node.logic.counters().rejected();

        SemanticCopy answer = ask(new DigestCopy(partBits, part, List.of(new Known(9, 0, 1, 1))));

        assertThat(node.logic.counters().rejected()).isEqualTo(rejected + 1);
        assertThat(answer.digest().size()).isZero();
        assertThat(answer.peers()).contains(2L, 3L);
    }

    @Test
    void shouldListAPartOfThoseWhoDoNotFit() {
        restart(CONFIG.withDigest(8));
        hearOf(10, 49);

        boolean[] listed = new boolean[50];
        for (int i = 0; i < 200; i++) {
            DigestCopy digest = askKnowing(OWN).digest();
            assertThat(digest.size()).isLessThanOrEqualTo(8);
            assertThat(digest.ids()).startsWith((long) SELF);
            int bits = digest.partBits();
            assertThat(bits).isPositive();
            for (long id : digest.ids().subList(1, digest.size())) {
                if (id != 9) {
                    assertThat(part(id, bits)).isEqualTo(digest.part());
                }
                listed[(int) id] = true;
            }
        }
        for (int peer = 10; peer < 50; peer++) {
            assertThat(listed[peer]).as("peer %d", peer).isTrue();
        }
    }

    @Test
    void shouldSendNobodyOfAPartThatWasNotAskedFor() {
        hearOf(10, 19);
        Known asker = new Known(9, 0, 1, 1);
        int part = part(10, 2);

        SemanticCopy answer = ask(new DigestCopy(2, part, List.of(asker, OWN)));

        long[] expected =
                LongStream.range(10, 20).filter(peer -> part(peer, 2) == part).limit(4).toArray();
        assertThat(answer.peers().subList(1, answer.size()))
                .isNotEmpty()
                .allMatch(peer -> part(peer, 2) == part)
                .hasSize(expected.length);
    }

    @Test
    void shouldTellNoListOnceItHadToForgetSomebody() {
        restart(CONFIG.withSeen(1).withViews(1, 1, 1.2f));
        hearOf(10, 19);

        node.pollNext();

        assertThat(node.last().kind()).isEqualTo(SemanticKind.EXCHANGE);
        assertThat(node.last().digest().size()).isZero();
        assertThat(askKnowing(OWN).digest().size()).isZero();
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldStandAnyList(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            hearOfTwoAndThree();
            Known[] known = new Known[random.nextInt(20)];
            for (int k = 0; k < known.length; k++) {
                known[k] =
                        new Known(
                                random.nextBoolean() ? random.nextInt(12) : random.nextLong(),
                                random.nextBoolean() ? random.nextInt(9) : random.nextInt(),
                                random.nextInt(),
                                random.nextBoolean() ? 31 * 5 + 2 : random.nextInt());
            }
            boolean sound = random.nextInt(4) > 0;
            SemanticCopy answer =
                    ask(
                            new DigestCopy(
                                    sound ? 0 : random.nextInt(),
                                    sound ? 0 : random.nextInt(),
                                    List.of(known)));

            assertThat(answer.size()).as("seed=%d", seed).isLessThanOrEqualTo(6);
            assertThat(answer.digest().ids())
                    .as("seed=%d", seed)
                    .allMatch(id -> id == 1 || id == 2 || id == 3 || id == 9);
        }
        node.overlay.close();
        assertThat(node.table.size()).as("seed=%d", seed).isZero();
    }

    private static int part(long id, int bits) {
        return (int) ((Peers.peer((int) id).id().shortId() * GOLDEN) >>> (Long.SIZE - bits));
    }
}
