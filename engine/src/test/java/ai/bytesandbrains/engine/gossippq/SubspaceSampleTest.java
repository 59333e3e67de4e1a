package ai.bytesandbrains.engine.gossippq;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.Allocation;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

class SubspaceSampleTest {
    private static final int CAPACITY = 90;

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldHoldTheSmallestOfEachOriginAndOfThoseTheSmallest(long seed) {
        Random random = new Random(seed);
        int quota = 1 + random.nextInt(CAPACITY);
        List<byte[]> items = RandomItems.items(random, random.nextInt(600), 1 + random.nextInt(9));
        SubspaceSample sample = RandomItems.sample(arena, CAPACITY, quota);

        RandomItems.offer(sample, items, random);

        assertThat(RandomItems.contents(sample))
                .as("seed=%d", seed)
                .containsExactlyElementsOf(expected(items, quota));
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void shouldNotDependOnOrderOrRepetition(long seed) {
        Random random = new Random(seed);
        int quota = 1 + random.nextInt(CAPACITY);
        List<byte[]> items = RandomItems.items(random, 400, 1 + random.nextInt(9));
        List<byte[]> twice = new ArrayList<>(items);
        twice.addAll(items.subList(0, 200));
        SubspaceSample a = RandomItems.sample(arena, CAPACITY, quota);
        SubspaceSample b = RandomItems.sample(arena, CAPACITY, quota);

        RandomItems.offer(a, items, random);
        RandomItems.offer(b, RandomItems.shuffled(twice, random), random);
        long changes = b.changes();
        RandomItems.offer(b, RandomItems.contents(a), random);

        assertThat(RandomItems.contents(b))
                .as("seed=%d", seed)
                .containsExactlyElementsOf(RandomItems.contents(a));
        assertThat(b.changes()).isEqualTo(changes);
    }

    /// merge(merge(x, y), z) = merge(x, merge(y, z)) = merge(z, merge(y, x)).
    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28, 29, 30})
    void shouldMergeInAnyGrouping(long seed) {
        Random random = new Random(seed);
        int quota = 1 + random.nextInt(CAPACITY / 2);
        int origins = 1 + random.nextInt(9);
        List<List<byte[]>> parts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            parts.add(held(RandomItems.items(random, 250, origins), quota, random));
        }

        List<byte[]> left =
                merged(
                        merged(parts.get(0), parts.get(1), quota, random),
                        parts.get(2),
                        quota,
                        random);
        List<byte[]> right =
                merged(
                        parts.get(0),
                        merged(parts.get(1), parts.get(2), quota, random),
                        quota,
                        random);
        List<byte[]> turned =
                merged(
                        parts.get(2),
                        merged(parts.get(1), parts.get(0), quota, random),
                        quota,
                        random);

        assertThat(right).as("seed=%d", seed).containsExactlyElementsOf(left);
        assertThat(turned).as("seed=%d", seed).containsExactlyElementsOf(left);
    }

    @Test
    void shouldLetNoOriginExceedItsQuotaHoweverItChoosesItsItems() {
        Random random = new Random(31);
        SubspaceSample sample = RandomItems.sample(arena, CAPACITY, 10);
        List<byte[]> honest = RandomItems.items(random, 500, 20);
        List<byte[]> flood = RandomItems.items(random, 5000, 1);
        flood.forEach(item -> MemorySegment.ofArray(item).set(ItemLayout.INT, 0, 99));

        RandomItems.offer(sample, honest, random);
        RandomItems.offer(sample, flood, random);

        assertThat(RandomItems.contents(sample))
                .filteredOn(item -> MemorySegment.ofArray(item).get(ItemLayout.INT, 0) == 99)
                .hasSize(10);
    }

    @Test
    void shouldBeEmptyAfterClear() {
        Random random = new Random(32);
        List<byte[]> items = RandomItems.items(random, 300, 5);
        SubspaceSample sample = RandomItems.sample(arena, CAPACITY, CAPACITY);
        RandomItems.offer(sample, items, random);
        List<byte[]> before = RandomItems.contents(sample);

        sample.clear(RandomItems.SEED);
        assertThat(sample.size()).isZero();

        RandomItems.offer(sample, items, random);
        assertThat(RandomItems.contents(sample)).containsExactlyElementsOf(before);
    }

    @Test
    void shouldAllocateNothing() {
        Random random = new Random(33);
        SubspaceSample sample = RandomItems.sample(arena, CAPACITY, 20);
        List<byte[]> items = RandomItems.items(random, 2048, 40);
        int stride = sample.stride();
        MemorySegment all = arena.allocate((long) stride * items.size(), 8);
        for (int i = 0; i < items.size(); i++) {
            MemorySegment.copy(
                    items.get(i), 0, all, ValueLayout.JAVA_BYTE, (long) i * stride, stride);
        }
        int[] next = {0};

        Allocation.assertNone(
                () -> {
                    for (int i = 0; i < SubspaceSample.BATCH; i++) {
                        sample.stage(all, (long) (next[0]++ & 2047) * stride);
                    }
                    sample.commit();
                });
    }

    private List<byte[]> held(List<byte[]> items, int quota, Random random) {
        SubspaceSample sample = RandomItems.sample(arena, CAPACITY, quota);
        RandomItems.offer(sample, items, random);
        return RandomItems.contents(sample);
    }

    private List<byte[]> merged(List<byte[]> a, List<byte[]> b, int quota, Random random) {
        SubspaceSample sample = RandomItems.sample(arena, CAPACITY, quota);
        RandomItems.offer(sample, a, random);
        RandomItems.offer(sample, b, random);
        return RandomItems.contents(sample);
    }

    /// The definition, word for word.
    private static List<byte[]> expected(List<byte[]> items, int quota) {
        TreeSet<byte[]> sorted =
                new TreeSet<>(
                        (a, b) -> {
                            int order = Long.compare(key(a), key(b));
                            return order != 0 ? order : compareWords(a, b);
                        });
        sorted.addAll(items);
        Map<Integer, Integer> counts = new HashMap<>();
        List<byte[]> result = new ArrayList<>();
        for (byte[] item : sorted) {
            int origin = MemorySegment.ofArray(item).get(ItemLayout.INT, ItemLayout.ORIGIN);
            if (counts.merge(origin, 1, Integer::sum) <= quota && result.size() < CAPACITY) {
                result.add(item);
            }
        }
        return result;
    }

    private static long key(byte[] item) {
        return ItemLayout.key(RandomItems.SEED, MemorySegment.ofArray(item), 0);
    }

    private static int compareWords(byte[] a, byte[] b) {
        long[] left = words(a);
        long[] right = words(b);
        return Arrays.compareUnsigned(left, right);
    }

    private static long[] words(byte[] item) {
        return MemorySegment.ofArray(item).toArray(ItemLayout.LONG);
    }
}
