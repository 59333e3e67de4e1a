package ai.bytesandbrains.engine.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

class PeerIndexTest {
    private static final int CAPACITY = 48;

    /// Of the multiplier of the hash: `id * INVERSE` hashes to `id`.
    private static final long INVERSE = inverseOf(0x9E3779B97F4A7C15L);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldFindWhatWasPutInAndNotTakenOut(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        check(random, () -> random.nextLong());
    }

    /// Chosen by somebody who knows the hash: all at the same few places, with the same tags.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldFindIdsThatCollide(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        check(
                random,
                () -> {
                    long place = (random.nextLong(4) - 2) << 60;
                    long middle = random.nextLong(1 << 20) << 32;
                    return (place ^ middle ^ random.nextLong(2)) * INVERSE;
                });
    }

    @Test
    void shouldBeAtMostHalfFull() {
        for (int capacity : new int[] {1, 2, 3, 4, 5, 63, 64, 65, 512}) {
            int entries = PeerIndex.entriesFor(capacity).length;

            assertThat(entries).isGreaterThanOrEqualTo(2 * capacity);
            assertThat(Integer.bitCount(entries)).isEqualTo(1);
        }
    }

    private static void check(SplittableRandom random, LongSupplier ids) {
        try (PeerRecords records = new PeerRecords(CAPACITY)) {
            PeerIndex index = new PeerIndex(PeerIndex.entriesFor(CAPACITY), records);
            Map<Long, Integer> model = new HashMap<>();
            List<Integer> free = new ArrayList<>();
            for (int slot = 0; slot < CAPACITY; slot++) {
                free.add(slot);
            }
            for (int step = 0; step < 20_000; step++) {
                boolean puts = free.size() == CAPACITY || (!free.isEmpty() && random.nextBoolean());
                long id =
                        puts
                                ? ids.getAsLong()
                                : List.copyOf(model.keySet()).get(random.nextInt(model.size()));
                int position = index.find(id);
                assertThat(index.slotAt(position))
                        .isEqualTo(model.getOrDefault(id, PeerIndex.ABSENT));
                if (puts && !model.containsKey(id)) {
                    int slot = free.removeLast();
                    records.write(slot, new PeerDescriptor().id(id, 2, 3, 4));
                    index.put(position, id, slot);
                    model.put(id, slot);
                } else if (!puts) {
                    index.remove(id);
                    free.add(model.remove(id));
                    assertThat(index.slotAt(index.find(id))).isEqualTo(PeerIndex.ABSENT);
                }
            }
            model.forEach((id, slot) -> assertThat(index.slotAt(index.find(id))).isEqualTo(slot));
        }
    }

    /// By Newton's iteration, which doubles the right bits each time.
    private static long inverseOf(long odd) {
        long inverse = odd;
        for (int i = 0; i < 6; i++) {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }
}
