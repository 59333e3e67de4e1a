package ai.bytesandbrains.engine.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

class SeenProfilesTest {

    private static final int PEERS = 40;
    private static final int STEPS = 20_000;

    /// Against a plain map: nothing is there that was not seen, everything that is there is found,
    /// and only where there is no room something is missing.
    @ParameterizedTest
    @CsvSource({"1, 1", "7, 2", "64, 3", "100, 4", "512, 5"})
    void shouldHoldWhatWasSeen(int capacity, long seed) {
        SemanticConfig config = SemanticConfig.of(Metric.L2, 4).withSeen(capacity);
        Random random = new Random(seed);
        try (Arena arena = Arena.ofConfined();
                SemanticState state = new SemanticState(config, 2);
                PeerTable table = new PeerTable(2 * PEERS)) {
            SeenProfiles seen = new SeenProfiles(state, table);
            seen.bind(state.baseOf(1));
            EntryList one =
                    new EntryList(
                            arena.allocate(EntryList.bytes(1, state.rowBytes), 8),
                            1,
                            state.rowBytes);
            Map<Long, Integer> versions = new HashMap<>();
            boolean overflowed = false;
            for (int step = 0; step < STEPS; step++) {
                int number = 1 + random.nextInt(PEERS);
                long peer = table.acquire(Peers.descriptor(number));
                if (random.nextInt(20) == 0) {
                    seen.remove(peer);
                    for (int profile = 0; profile < SemanticConfig.MAX_PROFILES; profile++) {
                        versions.remove(key(number, profile));
                    }
                } else {
                    int profile = random.nextInt(SemanticConfig.MAX_PROFILES);
                    one.clear();
                    one.add(peer, profile, step, 0, 0);
                    boolean known = seen.indexOf(peer, profile) >= 0;
                    overflowed |= !known && seen.list.isFull();
                    assertThat(seen.see(one, 0)).isEqualTo(!known);
                    versions.put(key(number, profile), step);
                }
                table.release(peer);
                if (step % 500 == 0) {
                    check(seen, table, versions, overflowed, seed);
                }
            }
            seen.clear();
            assertThat(table.size()).isZero();
            assertThat(seen.list.size()).isZero();
        }
    }

    private static void check(
            SeenProfiles seen,
            PeerTable table,
            Map<Long, Integer> versions,
            boolean overflowed,
            long seed) {
        EntryList list = seen.list;
        for (int i = 0; i < list.size(); i++) {
            long peer = list.peerAt(i);
            assertThat(seen.indexOf(peer, list.profileAt(i))).as("seed %d", seed).isEqualTo(i);
            assertThat(list.versionAt(i))
                    .isEqualTo(versions.get(key(table.shortIdOf(peer), list.profileAt(i))));
        }
        if (!overflowed) {
            assertThat(list.size()).as("seed %d", seed).isEqualTo(versions.size());
        }
    }

    private static long key(long number, int profile) {
        return number * SemanticConfig.MAX_PROFILES + profile;
    }
}
