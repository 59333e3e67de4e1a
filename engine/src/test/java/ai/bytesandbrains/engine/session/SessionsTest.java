package ai.bytesandbrains.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerTable;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;

class SessionsTest {

    private static final long YOUNG_NS = 1_000;

    private final PeerTable table = new PeerTable(16);
    private final Sessions sessions = new Sessions(8);

    @AfterEach
    void close() {
        sessions.close();
        table.close();
    }

    private static PeerDescriptor peer(int number) {
        return new PeerDescriptor()
                .set(new Peer(new PeerId(number, 2, 3, 4), Address.memory(number)));
    }

    private boolean put(int number, long incarnation, long sequence, long nowNs) {
        return sessions.put(peer(number), incarnation, sequence, table, YOUNG_NS, nowNs);
    }

    private boolean accept(int number, long sequence) {
        return sessions.accept(sessions.find(number), sequence, 0);
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldAcceptEachSequenceOnceWithinTheWindow(long seed) {
        Random random = new Random(seed);
        put(1, 9, 100, 0);
        Set<Long> seen = new HashSet<>();
        long top = 100;
        for (int i = 0; i < 20_000; i++) {
            long sequence = top - 400 + random.nextInt(random.nextInt(50) == 0 ? 2_000 : 420);
            boolean expected =
                    sequence > 100 && sequence > top - Sessions.WINDOW && !seen.contains(sequence);

            assertThat(accept(1, sequence)).as("%d after %d", sequence, top).isEqualTo(expected);

            seen.add(sequence);
            top = expected ? Math.max(top, sequence) : top;
        }
    }

    @Test
    void shouldRefuseSequencesThatNobodySends() {
        put(1, 9, 1, 0);

        assertThat(accept(1, 0)).isFalse();
        assertThat(accept(1, -5)).isFalse();
        assertThat(accept(1, Long.MIN_VALUE)).isFalse();
        assertThat(accept(1, Long.MAX_VALUE)).isTrue();
        assertThat(accept(1, Long.MAX_VALUE)).isFalse();
    }

    @Test
    void shouldBeginAnewWithAnotherIncarnationOnly() {
        put(1, 9, 100, 0);
        assertThat(accept(1, 105)).isTrue();

        put(1, 9, 200, 0);
        assertThat(accept(1, 105)).isFalse();
        assertThat(accept(1, 104)).isTrue();
        put(1, 10, 3, 0);

        assertThat(accept(1, 3)).isFalse();
        assertThat(accept(1, 4)).isTrue();
        assertThat(sessions.incarnation(sessions.find(1))).isEqualTo(10);
    }

    @Test
    void shouldNotGiveYoungPlacesAway() {
        for (int i = 1; i <= 8; i++) {
            put(i, 9, 1, 0);
        }

        assertThat(put(9, 9, 1, YOUNG_NS - 1)).isFalse();
        assertThat(put(9, 9, 1, YOUNG_NS)).isTrue();

        assertThat(sessions.size()).isEqualTo(8);
    }

    @Test
    void shouldFindAPlaceForEveryNewcomerAsLongAsOneOfThemIsOld() {
        int places = 200;
        try (Sessions crowded = new Sessions(places)) {
            // Four fifths of the places are young at any time, and the old ones lie together.
            for (int i = 0; i < 20 * places; i++) {
                long nowNs = i * (YOUNG_NS * 5 / 4 / places);

                assertThat(crowded.put(peer(i + 1), 9, 1, table, YOUNG_NS, nowNs))
                        .as("newcomer %d", i)
                        .isTrue();
            }
        }
    }

    @Test
    void shouldGiveAwayThePlaceOfAPeerThatTheTableDoesNotKnow() {
        for (int i = 1; i <= 8; i++) {
            put(i, 9, 1, i == 4 ? 50 : 0);
            if (i != 4) {
                table.acquire(peer(i));
            }
        }

        put(9, 9, 1, YOUNG_NS + 60);

        assertThat(sessions.find(4)).isEqualTo(Sessions.NONE);
        assertThat(sessions.find(9)).isNotEqualTo(Sessions.NONE);
        for (int i = 1; i <= 8; i++) {
            assertThat(sessions.find(i) != Sessions.NONE).as("peer %d", i).isEqualTo(i != 4);
        }
    }

    @Test
    void shouldGiveAwayThePlaceOfThePeerThatWasSilentForLongest() {
        for (int i = 1; i <= 8; i++) {
            put(i, 9, 1, 0);
            sessions.setHeardNs(sessions.find(i), i == 6 ? 1 : 100);
        }

        put(9, 9, 1, YOUNG_NS);

        assertThat(sessions.find(6)).isEqualTo(Sessions.NONE);
    }
}
