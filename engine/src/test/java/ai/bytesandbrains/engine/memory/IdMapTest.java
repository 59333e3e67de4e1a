package ai.bytesandbrains.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

class IdMapTest {
    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE})
    void shouldHoldAnyId(long id) {
        try (IdMap map = new IdMap()) {
            assertThat(map.get(id)).isEqualTo(IdMap.ABSENT);
            assertThat(map.put(id, 0)).isEqualTo(IdMap.ABSENT);
            assertThat(map.put(id, 9)).isZero();
            assertThat(map.get(id)).isEqualTo(9);
            assertThat(map.remove(id)).isEqualTo(9);
            assertThat(map.remove(id)).isEqualTo(IdMap.ABSENT);
            assertThat(map.size()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldAgreeWithAHashMapUnderRandomOperations(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Long, Integer> model = new HashMap<>();
        try (IdMap map = new IdMap()) {
            for (int step = 0; step < 200_000; step++) {
                // A small range, so that ids come back; growing and shrinking in turns.
                long id = random.nextInt(8_000) - 10L;
                int share = step / 40_000 % 2 == 0 ? 65 : 35;
                if (random.nextInt(100) < share) {
                    int slot = random.nextInt(Integer.MAX_VALUE);
                    Integer before = model.put(id, slot);
                    assertThat(map.put(id, slot)).isEqualTo(before == null ? -1 : before);
                } else {
                    Integer before = model.remove(id);
                    assertThat(map.remove(id)).isEqualTo(before == null ? -1 : before);
                }
            }
            assertThat(map.size()).isEqualTo(model.size());
            for (long id = -10; id < 8_000; id++) {
                assertThat(map.get(id)).isEqualTo(model.getOrDefault(id, IdMap.ABSENT));
            }
        }
    }

    @Test
    void shouldForgetEverythingWhenCleared() {
        try (IdMap map = new IdMap()) {
            map.put(4, 2);
            map.clear();

            assertThat(map.size()).isZero();
            assertThat(map.get(4)).isEqualTo(IdMap.ABSENT);
        }
    }

    @Test
    void shouldRefuseNegativeSlots() {
        try (IdMap map = new IdMap()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> map.put(1, -5))
                    .withMessageContaining("slot=-5");
        }
    }

    @Test
    void shouldThrowAfterClose() {
        IdMap map = new IdMap();
        map.close();
        map.close();

        assertThatIllegalStateException().isThrownBy(() -> map.get(1));
        assertThatIllegalStateException().isThrownBy(() -> map.put(1, 1));
    }
}
