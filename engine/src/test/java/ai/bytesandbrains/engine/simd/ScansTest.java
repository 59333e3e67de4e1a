package ai.bytesandbrains.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// The scans write the same masks in both implementations, whatever the shape.
class ScansTest {
    private static final long SEED = 23;

    private final ScanKernels scalar = new ScalarScans();
    private final ScanKernels vector = new VectorScans();
    private final SplittableRandom random = new SplittableRandom(SEED);

    static IntStream subspaces() {
        return IntStream.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 23, 32, 64, 98, 128, 300);
    }

    @ParameterizedTest
    @MethodSource("subspaces")
    void shouldAgreeOnEightBits(int subspaces) {
        CodeLayout layout = new CodeLayout(8, subspaces);
        int lines = layout.linesPerBlock();
        compare(
                layout,
                255,
                (kernels, tables, threshold, blocks, count, masks) ->
                        kernels.scan8(tables, 0, lines, threshold, blocks, 64, count, masks));
    }

    @ParameterizedTest
    @MethodSource("subspaces")
    void shouldAgreeOnFourBits(int subspaces) {
        CodeLayout layout = new CodeLayout(4, subspaces);
        int lines = layout.linesPerBlock();
        compare(
                layout,
                127,
                (kernels, tables, threshold, blocks, count, masks) ->
                        kernels.scan4(tables, 0, 128, lines, threshold, blocks, 64, count, masks));
    }

    /// Each query of a group has the masks that it has alone.
    @ParameterizedTest
    @MethodSource("subspaces")
    void shouldScanFourQueriesAtOnce(int subspaces) {
        CodeLayout layout = new CodeLayout(4, subspaces);
        int lines = layout.linesPerBlock();
        int cap = Math.min(127, ScanKernels.MAX_SUM / subspaces);
        int middle = subspaces * cap / 2;
        int[] thresholds = {middle, -1, ScanKernels.MAX_SUM, middle - 1};
        long stride = 128L * ScanKernels.GROUP;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tables = arena.allocate(stride * lines, 64);
            for (int q = 0; q < ScanKernels.GROUP; q++) {
                MemorySegment own = tables(arena, layout, cap);
                for (int j = 0; j < lines; j++) {
                    MemorySegment.copy(own, 128L * j, tables, stride * j + 128L * q, 128);
                }
            }
            for (int count : new int[] {1, 2, 5}) {
                MemorySegment blocks = arena.allocate(64 + count * layout.blockBytes(), 64);
                blocks.copyFrom(MemorySegment.ofArray(bytes(blocks.byteSize())));
                long[] expected = new long[count * ScanKernels.GROUP + 1];
                Arrays.fill(expected, 7);
                long[] actual = expected.clone();
                long[] plain = expected.clone();
                for (int q = 0; q < ScanKernels.GROUP; q++) {
                    long[] alone = new long[count];
                    scalar.scan4(
                            tables,
                            128L * q,
                            stride,
                            lines,
                            thresholds[q],
                            blocks,
                            64,
                            count,
                            alone);
                    System.arraycopy(alone, 0, expected, q * count, count);
                }

                vector.scan4Group(tables, 0, lines, thresholds, blocks, 64, count, actual);
                scalar.scan4Group(tables, 0, lines, thresholds, blocks, 64, count, plain);

                assertThat(actual).as("count=%d", count).isEqualTo(expected);
                assertThat(plain).as("count=%d", count).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("subspaces")
    void shouldAgreeOnSixBits(int subspaces) {
        CodeLayout layout = new CodeLayout(6, subspaces);
        compare(
                layout,
                127,
                (kernels, tables, threshold, blocks, count, masks) ->
                        kernels.scan6(
                                tables,
                                0,
                                layout.linesPerBlock(),
                                threshold,
                                blocks,
                                64,
                                count,
                                masks));
    }

    private interface Scan {
        void run(
                ScanKernels kernels,
                MemorySegment tables,
                int threshold,
                MemorySegment blocks,
                int count,
                long[] masks);
    }

    private void compare(CodeLayout layout, int most, Scan scan) {
        // Six bits: the tables of subspaces that are not there count here as well.
        int cap = Math.min(most, ScanKernels.MAX_SUM / (layout.subspaces() + 3));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tables = tables(arena, layout, cap);
            for (int count : new int[] {1, 2, 3, 5, 16}) {
                MemorySegment blocks = arena.allocate(64 + count * layout.blockBytes(), 64);
                blocks.copyFrom(MemorySegment.ofArray(bytes(blocks.byteSize())));
                int middle = layout.subspaces() * cap / 2;
                for (int threshold : new int[] {-1, 0, middle, middle + 3, ScanKernels.MAX_SUM}) {
                    long[] expected = new long[count + 1];
                    long[] actual = new long[count + 1];
                    expected[count] = 7;
                    actual[count] = 7;
                    scan.run(scalar, tables, threshold, blocks, count, expected);
                    scan.run(vector, tables, threshold, blocks, count, actual);
                    assertThat(actual).as("threshold=%d", threshold).isEqualTo(expected);
                }
                assertEnds(scan, tables, blocks, count);
            }
        }
    }

    private void assertEnds(Scan scan, MemorySegment tables, MemorySegment blocks, int count) {
        long[] masks = new long[count];
        scan.run(vector, tables, -1, blocks, count, masks);
        assertThat(masks).containsOnly(0);
        scan.run(vector, tables, ScanKernels.MAX_SUM, blocks, count, masks);
        assertThat(masks).containsOnly(-1);
    }

    /// Random entries; tables of 16 entries are repeated four times.
    private MemorySegment tables(Arena arena, CodeLayout layout, int cap) {
        byte[] entries = new byte[(int) ScanTable.bytes(layout)];
        int period = layout.bits() == 4 ? 16 : entries.length;
        for (int i = 0; i < entries.length; i++) {
            boolean copy = layout.bits() == 4 && i % 64 >= period;
            entries[i] = copy ? entries[i - period] : (byte) random.nextInt(cap + 1);
        }
        MemorySegment tables = arena.allocate(entries.length, 64);
        MemorySegment.copy(entries, 0, tables, ValueLayout.JAVA_BYTE, 0, entries.length);
        return tables;
    }

    private byte[] bytes(long size) {
        byte[] bytes = new byte[(int) size];
        random.nextBytes(bytes);
        return bytes;
    }
}
