package ai.bytesandbrains.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A scan with byte tables and a second look at what passes finds what the float tables alone find.
class ScanTableTest {
    private static final int BLOCKS = 24;
    private static final int CODES = 64 * BLOCKS - 13;

    private record Found(float distance, int slot) implements Comparable<Found> {
        private static final Comparator<Found> ORDER =
                Comparator.comparingDouble(Found::distance).thenComparingInt(Found::slot);

        @Override
        public int compareTo(Found other) {
            return ORDER.compare(this, other);
        }
    }

    static Stream<Arguments> shapes() {
        return Stream.of(4, 6, 8)
                .flatMap(
                        bits ->
                                IntStream.of(1, 2, 3, 5, 8, 16, 17, 32, 96, 200)
                                        .boxed()
                                        .flatMap(
                                                m ->
                                                        Stream.of(1, 10, 100)
                                                                .map(
                                                                        k ->
                                                                                Arguments.of(
                                                                                        bits, m,
                                                                                        k))));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void shouldFindWhatTheFloatTablesFind(int bits, int subspaces, int k) {
        long seed = 1_000L * bits + 10L * subspaces + k;
        SplittableRandom random = new SplittableRandom(seed);
        CodeLayout layout = new CodeLayout(bits, subspaces);
        for (ScanKernels kernels : List.of(new ScalarScans(), new VectorScans())) {
            for (Tables tables : Tables.values()) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment floats = tables.make(arena, random, layout);
                    MemorySegment blocks = blocks(arena, random, layout);
                    assertThat(scan(kernels, layout, floats, blocks, k, arena))
                            .as("seed=%d tables=%s", seed, tables)
                            .isEqualTo(oracle(layout, floats, blocks, k));
                }
            }
        }
    }

    /// What distance tables may look like.
    private enum Tables {
        /// Squared distances.
        SQUARES {
            @Override
            float entry(SplittableRandom random, int m) {
                double x = random.nextGaussian();
                return (float) (x * x);
            }
        },
        /// Few values, so that most distances are equal.
        TIES {
            @Override
            float entry(SplittableRandom random, int m) {
                return random.nextInt(3);
            }
        },
        /// Inner products, and subspaces of very different weight.
        NEGATIVE {
            @Override
            float entry(SplittableRandom random, int m) {
                return (float) (random.nextGaussian() * Math.scalb(1.0, -(m % 20)) - m);
            }
        },
        /// Large numbers, whose sums round.
        ROUNDED {
            @Override
            float entry(SplittableRandom random, int m) {
                return 1e7f + random.nextInt(40) * 0.75f;
            }
        },
        CONSTANT {
            @Override
            float entry(SplittableRandom random, int m) {
                return 2.5f;
            }
        };

        abstract float entry(SplittableRandom random, int m);

        private MemorySegment make(Arena arena, SplittableRandom random, CodeLayout layout) {
            int entries = layout.entries();
            MemorySegment floats = arena.allocate(4L * layout.subspaces() * entries, 64);
            for (int i = 0; i < layout.subspaces() * entries; i++) {
                floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, entry(random, i / entries));
            }
            return floats;
        }
    }

    private static MemorySegment blocks(Arena arena, SplittableRandom random, CodeLayout layout) {
        MemorySegment blocks = arena.allocate(BLOCKS * layout.blockBytes(), 64);
        for (int slot = 0; slot < CODES; slot++) {
            long block = slot / 64 * layout.blockBytes();
            for (int m = 0; m < layout.subspaces(); m++) {
                layout.put(blocks, block, slot % 64, m, random.nextInt(layout.entries()));
            }
        }
        return blocks;
    }

    private static List<Found> oracle(
            CodeLayout layout, MemorySegment floats, MemorySegment blocks, int k) {
        TreeSet<Found> all = new TreeSet<>();
        for (int slot = 0; slot < CODES; slot++) {
            float sum = 0;
            for (int m = 0; m < layout.subspaces(); m++) {
                long block = slot / 64 * layout.blockBytes();
                int code = layout.get(blocks, block, slot % 64, m);
                long entry = (long) m * layout.entries() + code;
                sum += floats.getAtIndex(ValueLayout.JAVA_FLOAT, entry);
            }
            all.add(new Found(sum, slot));
        }
        return all.stream().limit(k).toList();
    }

    /// The way a scan is driven, in its simplest form: one seed block or more, then chunks.
    private static List<Found> scan(
            ScanKernels kernels,
            CodeLayout layout,
            MemorySegment floats,
            MemorySegment blocks,
            int k,
            Arena arena) {
        ScanTable table = new ScanTable(layout, arena.allocate(ScanTable.bytes(layout), 64), 0);
        table.build(floats, 0);
        TreeSet<Found> best = new TreeSet<>();
        int seeds = (k + 63) / 64;
        for (int slot = 0; slot < 64 * seeds; slot++) {
            offer(best, k, table, blocks, layout, slot);
        }
        table.quantize(best.last().distance());
        long[] masks = new long[5];
        for (int first = seeds; first < BLOCKS; first += masks.length) {
            int count = Math.min(masks.length, BLOCKS - first);
            float worst = best.last().distance();
            if (table.worthQuantizing(worst)) {
                table.quantize(worst);
            }
            long offset = first * layout.blockBytes();
            table.scan(kernels, table.threshold(worst), blocks, offset, count, masks);
            for (int i = 0; i < count; i++) {
                for (long mask = masks[i]; mask != 0; mask &= mask - 1) {
                    int slot = 64 * (first + i) + Long.numberOfTrailingZeros(mask);
                    if (slot < CODES) {
                        offer(best, k, table, blocks, layout, slot);
                    }
                }
            }
        }
        return List.copyOf(best);
    }

    private static void offer(
            NavigableSet<Found> best,
            int k,
            ScanTable table,
            MemorySegment blocks,
            CodeLayout layout,
            int slot) {
        float distance = table.distance(blocks, slot / 64 * layout.blockBytes(), slot % 64);
        best.add(new Found(distance, slot));
        if (best.size() > k) {
            best.pollLast();
        }
    }

    @Test
    void shouldLetEverythingPassThatHasNoNumber() {
        CodeLayout layout = new CodeLayout(8, 4);
        float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        for (float entry : odd) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment floats = arena.allocate(4L * 4 * 256, 64);
                floats.setAtIndex(ValueLayout.JAVA_FLOAT, 300, entry);
                ScanTable table = new ScanTable(layout, arena.allocate(4 * 256, 64), 0);
                table.build(floats, 0);
                table.quantize(1);
                long[] masks = new long[1];
                MemorySegment block = arena.allocate(256, 64);
                block.set(ValueLayout.JAVA_BYTE, 64 + 5, (byte) 44);

                table.scan(new ScalarScans(), table.threshold(1), block, 0, 1, masks);

                assertThat(masks[0]).as("entry=%s", entry).isEqualTo(-1);
            }
        }
    }

    @Test
    void shouldLetNothingPassThatIsNearerThanPossible() {
        CodeLayout layout = new CodeLayout(8, 4);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment floats = arena.allocate(4L * 4 * 256, 64);
            for (int i = 0; i < 4 * 256; i++) {
                floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1 + i % 7);
            }
            ScanTable table = new ScanTable(layout, arena.allocate(4 * 256, 64), 0);
            table.build(floats, 0);
            table.quantize(20);

            assertThat(table.threshold(3.9f)).isEqualTo(-1);
            assertThat(table.threshold(4f)).isNotNegative();
            assertThat(table.threshold(Float.NaN)).isEqualTo(ScanKernels.MAX_SUM);
        }
    }
}
