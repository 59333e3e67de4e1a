package ai.bytesandbrains.engine.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.memory.RowStore;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Every space of the engine beside an oracle in double precision, at awkward dimensions.
class SpacePropertiesTest {
    private static final double ULP = 0x1.0p-23;
    private static final int COUNT = 9;
    private static final List<Integer> DIMENSIONS =
            List.of(
                    1, 2, 3, 7, 15, 16, 17, 31, 33, 63, 64, 65, 100, 127, 384, 768, 1000, 4096,
                    8191, 8192);

    enum Kind {
        L2,
        COSINE,
        INNER_PRODUCT,
        INT8_L2,
        INT8_COSINE,
        INT8_INNER_PRODUCT,
        HAMMING;

        EmbeddingSpace space(int dimensions) {
            return switch (this) {
                case INT8_L2 -> new Int8Space(Metric.L2, dimensions);
                case INT8_COSINE -> new Int8Space(Metric.COSINE, dimensions);
                case INT8_INNER_PRODUCT -> new Int8Space(Metric.INNER_PRODUCT, dimensions);
                default -> Metric.valueOf(name()).space(dimensions);
            };
        }

        boolean isInt8() {
            return name().startsWith("INT8");
        }

        /// The magnitudes that the metric can take without overflow.
        double magnitude(SplittableRandom random) {
            int exponent = this == COSINE || this == INT8_COSINE ? 30 : 12;
            return Math.pow(10, random.nextInt(2 * exponent) - exponent);
        }
    }

    record Case(Kind kind, int dimensions) {}

    static Stream<Case> cases() {
        return Stream.of(Kind.values())
                .flatMap(kind -> DIMENSIONS.stream().map(d -> new Case(kind, d)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldAgreeWithDoublePrecision(Case at) {
        EmbeddingSpace space = at.kind.space(at.dimensions);
        SplittableRandom random =
                new SplittableRandom(31L * at.dimensions + at.kind.name().length());
        try (Arena arena = Arena.ofConfined();
                RowStore rows = RowStore.ofBytes(Math.toIntExact(space.rowBytes()))) {
            MemorySegment[] vectors = new MemorySegment[COUNT + 1];
            for (int i = 0; i <= COUNT; i++) {
                vectors[i] = vector(arena, random, at, space);
            }
            MemorySegment query = vectors[COUNT];
            vectors[3] = query;
            MemorySegment prepared = arena.allocate(space.preparedBytes(), 64).fill((byte) 0x55);
            space.prepare(query, 0, prepared, 0);
            for (int i = 0; i < COUNT; i++) {
                int slot = rows.allocate();
                rows.segmentOf(slot)
                        .asSlice(rows.offsetOf(slot), space.rowBytes())
                        .fill((byte) 0x55);
                space.storeRow(vectors[i], 0, rows.segmentOf(slot), rows.offsetOf(slot));
            }
            float[] distances = new float[COUNT + 1];
            distances[COUNT] = 42;
            space.distancesPrepared(prepared, 0, rows, 0, COUNT, distances);

            assertThat(distances[COUNT]).isEqualTo(42);
            for (int i = 0; i < COUNT; i++) {
                Oracle oracle = new Oracle(at, query, vectors[i]);
                float plain = space.distance(query, 0, vectors[i], 0);
                float one =
                        space.distancePrepared(prepared, 0, rows.segmentOf(i), rows.offsetOf(i));

                oracle.checkPlain(plain);
                oracle.checkStored(distances[i]);
                oracle.checkStored(one);
                assertThat(space.distance(vectors[i], 0, query, 0)).isEqualTo(plain);
                assertThat(space.metric().admits(distances[i])).isTrue();
            }
        }
    }

    private static MemorySegment vector(
            Arena arena, SplittableRandom random, Case at, EmbeddingSpace space) {
        // Not a byte more than the vector needs, and not aligned.
        MemorySegment vector = arena.allocate(space.vectorBytes() + 1).asSlice(1);
        double magnitude = at.kind.magnitude(random);
        for (int d = 0; d < at.dimensions; d++) {
            if (at.kind == Kind.HAMMING) {
                int bit = random.nextInt(2) << (d % 8);
                byte old = vector.get(ValueLayout.JAVA_BYTE, d / 8);
                vector.set(ValueLayout.JAVA_BYTE, d / 8, (byte) (old | bit));
            } else {
                float x = (float) (magnitude * random.nextGaussian());
                vector.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * d, x);
            }
        }
        return vector;
    }

    /// The true distance and how far from it a space may be.
    private static final class Oracle {
        private final Case at;
        private double squares;
        private double dot;
        private double absoluteDot;
        private double queryNorm2;
        private double rowNorm2;
        private double largest;
        private int bits;

        Oracle(Case at, MemorySegment query, MemorySegment row) {
            this.at = at;
            for (int d = 0; d < at.dimensions; d++) {
                if (at.kind == Kind.HAMMING) {
                    int x = query.get(ValueLayout.JAVA_BYTE, d / 8);
                    int y = row.get(ValueLayout.JAVA_BYTE, d / 8);
                    bits += ((x ^ y) >> (d % 8)) & 1;
                    continue;
                }
                double x = query.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * d);
                double y = row.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * d);
                squares += (x - y) * (x - y);
                dot += x * y;
                absoluteDot += Math.abs(x * y);
                queryNorm2 += x * x;
                rowNorm2 += y * y;
                largest = Math.max(largest, Math.abs(y));
            }
        }

        private double cosine() {
            return dot / Math.sqrt(queryNorm2) / Math.sqrt(rowNorm2);
        }

        void checkPlain(double distance) {
            double terms = 4 * ULP * (at.dimensions + 4);
            switch (at.kind) {
                case L2, INT8_L2 ->
                        assertThat(distance).isCloseTo(squares, within(terms * squares));
                case INNER_PRODUCT, INT8_INNER_PRODUCT ->
                        assertThat(distance).isCloseTo(-dot, within(terms * absoluteDot));
                case COSINE, INT8_COSINE ->
                        assertThat(distance).isCloseTo(1 - cosine(), within(4 * ULP));
                case HAMMING -> assertThat(distance).isEqualTo(bits);
            }
        }

        /// The bounds that [Int8Space] documents, and the rounding of float sums.
        void checkStored(double distance) {
            if (at.kind == Kind.COSINE) {
                double tolerance = 4 * ULP * (at.dimensions + 4);
                assertThat(distance).isCloseTo(1 - cosine(), within(tolerance));
                return;
            }
            if (!at.kind.isInt8()) {
                checkPlain(distance);
                return;
            }
            double error = largest / 127 / 2 * Math.sqrt(at.dimensions) * 1.0001;
            double terms = 4 * ULP * (at.dimensions + 4);
            switch (at.kind) {
                case INT8_L2 -> {
                    double root = Math.sqrt(distance);
                    assertThat(root)
                            .isCloseTo(Math.sqrt(squares), within(error + terms * (1 + root)));
                }
                case INT8_INNER_PRODUCT -> {
                    double tolerance = error * Math.sqrt(queryNorm2) + terms * absoluteDot * 2;
                    assertThat(distance).isCloseTo(-dot, within(tolerance));
                }
                default -> {
                    double angle = Math.acos(Math.clamp(1 - distance, -1, 1));
                    double truth = Math.acos(Math.clamp(cosine(), -1, 1));
                    double sine = Math.min(1, error / Math.sqrt(rowNorm2));
                    assertThat(angle).isCloseTo(truth, within(Math.asin(sine) + 0.002));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeOneToSoManyDimensions(Kind kind) {
        assertThat(kind.space(1).dimensions()).isEqualTo(1);
        assertThat(kind.space(8_192).dimensions()).isEqualTo(8_192);
        for (int dimensions : new int[] {Integer.MIN_VALUE, -1, 0, 8_193, Integer.MAX_VALUE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> kind.space(dimensions))
                    .withMessage("dimensions=%d must be between 1 and 8192", dimensions);
        }
    }

    /// Vectors that do not lie inside their segment are refused at each door, by name.
    @ParameterizedTest
    @EnumSource
    void shouldRefuseVectorsOutsideOfTheirSegment(Kind kind) {
        EmbeddingSpace space = kind.space(17);
        long bytes = space.vectorBytes();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sound = arena.allocate(bytes).fill((byte) 1);
            MemorySegment room = arena.allocate(4_096);
            MemorySegment cut = sound.asSlice(0, bytes - 1);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> space.distance(cut, 0, sound, 0))
                    .withMessageContaining("a: offset=0")
                    .withMessageContaining("byteSize=" + (bytes - 1));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> space.distance(room, 0, sound, 1))
                    .withMessageContaining("b: offset=1");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> space.storeRow(sound, -1, room, 0))
                    .withMessageContaining("vector: offset=-1");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> space.prepare(sound, Long.MAX_VALUE, room, 0))
                    .withMessageContaining("query: offset=" + Long.MAX_VALUE);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> space.storeRow(sound, 0, room, 4_095))
                    .withMessageContaining("row: offset=4095");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> space.prepare(sound, 0, room, -1))
                    .withMessageContaining("prepared: offset=-1");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> space.distancePrepared(cut, 0, room, 0))
                    .withMessageContaining("prepared: offset=0");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> space.distancePrepared(room, 0, room, 4_095))
                    .withMessageContaining("row: offset=4095");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseRunsThatAreNotThere(Kind kind) {
        EmbeddingSpace space = kind.space(40);
        try (Arena arena = Arena.ofConfined();
                RowStore rows = RowStore.ofBytes(Math.toIntExact(space.rowBytes()));
                RowStore narrow = RowStore.ofBytes(Math.toIntExact(space.rowBytes()) - 1)) {
            MemorySegment prepared = arena.allocate(space.preparedBytes());
            rows.allocate();
            narrow.allocate();
            float[] two = new float[2];

            assertThatThrownBy(() -> space.distancesPrepared(prepared, 0, rows, 0, 2, two))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> space.distancesPrepared(prepared, 0, rows, 0, -1, two))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> space.distancesPrepared(prepared, 0, rows, 0, 1, new float[0]))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> space.distancesPrepared(prepared, 0, narrow, 0, 1, two))
                    .withMessageContaining("rowStride=" + (space.rowBytes() - 1));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HAMMING")
    void shouldNameTheComponentThatIsNotFinite(Kind kind) {
        EmbeddingSpace space = kind.space(3);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment row = arena.allocate(space.rowBytes(), 64);
            MemorySegment prepared = arena.allocate(space.preparedBytes(), 64);
            float inf = Float.POSITIVE_INFINITY;
            for (float bad : new float[] {Float.NaN, inf, -inf}) {
                MemorySegment vector = MemorySegment.ofArray(new float[] {1, bad, 3});

                assertThatIllegalArgumentException()
                        .isThrownBy(() -> space.storeRow(vector, 0, row, 0))
                        .withMessageContaining("vector[1]=" + bad);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> space.prepare(vector, 0, prepared, 0))
                        .withMessageContaining("query[1]=" + bad);
                assertThatIllegalArgumentException()
                        .isThrownBy(
                                () ->
                                        space.distance(
                                                new float[] {1, 0, 1}, new float[] {0, 1, bad}))
                        .withMessageContaining("b[2]=" + bad);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"COSINE", "INT8_COSINE"})
    void shouldRefuseTheZeroVectorWhereItHasNoDirection(Kind kind) {
        EmbeddingSpace space = kind.space(3);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zero = arena.allocate(12, 4);
            zero.setAtIndex(ValueLayout.JAVA_FLOAT, 1, -0f);
            MemorySegment into = arena.allocate(256, 64);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> space.storeRow(zero, 0, into, 0))
                    .withMessageContaining("vector: norm=0.0");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> space.prepare(zero, 0, into, 0))
                    .withMessageContaining("query: norm=0.0");
        }
    }

    /// What overflows becomes an infinity of its sign; what is finite never becomes NaN.
    @ParameterizedTest
    @EnumSource(names = {"L2", "INNER_PRODUCT", "INT8_L2", "INT8_INNER_PRODUCT"})
    void shouldKeepOrderAtTheEdgesOfTheRange(Kind kind) {
        float max = Float.MAX_VALUE;
        float[][] rows = {{max, max, max}, {max, -max, max}, {-max, -max, -max}, {0, 0, 0}};
        EmbeddingSpace space = kind.space(3);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment row = arena.allocate(space.rowBytes(), 64);
            MemorySegment prepared = arena.allocate(space.preparedBytes(), 64);
            for (float[] query : rows) {
                space.prepare(MemorySegment.ofArray(query), 0, prepared, 0);
                for (float[] vector : rows) {
                    space.storeRow(MemorySegment.ofArray(vector), 0, row, 0);
                    float distance = space.distancePrepared(prepared, 0, row, 0);

                    assertThat(distance).isNotNaN();
                    if (kind != Kind.INT8_L2) {
                        assertThat(distance).isEqualTo(space.distance(query, vector));
                    }
                    assertThat(Float.floatToRawIntBits(distance)).isNotEqualTo(1 << 31);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldAllocateNothing(Kind kind) {
        EmbeddingSpace space = kind.space(100);
        try (Arena arena = Arena.ofConfined();
                RowStore rows = RowStore.ofBytes(Math.toIntExact(space.rowBytes()))) {
            MemorySegment vector =
                    vector(arena, new SplittableRandom(5), new Case(kind, 100), space);
            MemorySegment prepared = arena.allocate(space.preparedBytes(), 64);
            float[] distances = new float[8];
            for (int i = 0; i < 7; i++) {
                rows.allocate();
            }
            Allocation.assertNone(
                    () -> space.storeRow(vector, 0, rows.segmentOf(2), rows.offsetOf(2)));
            Allocation.assertNone(() -> space.prepare(vector, 0, prepared, 0));
            Allocation.assertNone(
                    () -> space.distancesPrepared(prepared, 0, rows, 0, 7, distances));
            Allocation.assertNone(
                    () ->
                            distances[7] =
                                    space.distancePrepared(
                                            prepared, 0, rows.segmentOf(2), rows.offsetOf(2)));
            Allocation.assertNone(() -> distances[7] = space.distance(vector, 0, vector, 0));
        }
    }
}
