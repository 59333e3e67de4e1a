package ai.bytesandbrains.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

class QueryEncodingTest {

    @ParameterizedTest(name = "dimensions={0}")
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 384, 1_023})
    void shouldKeepEveryBitOfFloats(int dimensions) {
        float[] query = random(dimensions, 1, dimensions);

        assertThat(there(QueryEncoding.FLOAT32, query)).containsExactly(query);
    }

    @ParameterizedTest(name = "dimensions={0} size={1}")
    @CsvSource({"1, 1", "8, 1e-30", "9, 1e30", "384, 1", "100, 1e-6"})
    void shouldErrByHalfAStepAtMostInInt8(int dimensions, float size) {
        float[] query = random(dimensions, size, dimensions);
        float largest = 0;
        for (float component : query) {
            largest = Math.max(largest, Math.abs(component));
        }
        float[] back = there(QueryEncoding.INT8, query);
        for (int i = 0; i < dimensions; i++) {
            assertThat(back[i]).isCloseTo(query[i], Offset.offset(largest / 127 * 0.5001f));
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldKeepTheDirectionInInt8(long seed) {
        float[] query = random(384, 1, seed);
        float[] back = there(QueryEncoding.INT8, query);
        double dot = 0;
        double norm = 0;
        double backNorm = 0;
        for (int i = 0; i < query.length; i++) {
            dot += query[i] * back[i];
            norm += query[i] * query[i];
            backNorm += back[i] * back[i];
        }
        assertThat(dot / Math.sqrt(norm * backNorm)).isGreaterThan(0.9999);
    }

    @Test
    void shouldStayFiniteForTheLargestFloats() {
        for (float largest = Float.MAX_VALUE; largest > 3e38f; largest = Math.nextDown(largest)) {
            float[] back = there(QueryEncoding.INT8, new float[] {largest, -largest, 1});
            assertThat(back[0]).isFinite();
            assertThat(back[1]).isFinite();
            largest -= 1e34f;
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.MIN_VALUE, 178 * Float.MIN_VALUE, 200 * Float.MIN_VALUE, 1e-38f})
    void shouldKeepTheSmallestFloatsApartFromZero(float largest) {
        float[] back = there(QueryEncoding.INT8, new float[] {largest, 0, -largest});

        assertThat(back[0]).isPositive();
        assertThat(back[1]).isZero();
        assertThat(back[2]).isEqualTo(-back[0]);
    }

    @Test
    void shouldHaveAUsableScaleForZeros() {
        assertThat(there(QueryEncoding.INT8, new float[] {0, 0, -0f})).containsOnly(0f);
    }

    @Test
    void shouldFindEveryEncodingByItsCode() {
        for (QueryEncoding encoding : QueryEncoding.values()) {
            assertThat(QueryEncoding.ofCode(encoding.code())).isSameAs(encoding);
        }
        assertThat(QueryEncoding.ofCode(0)).isNull();
        assertThat(QueryEncoding.ofCode(3)).isNull();
    }

    private static float[] there(QueryEncoding encoding, float[] query) {
        byte[] bytes = new byte[encoding.encodedBytes(query.length)];
        MemorySegment encoded = MemorySegment.ofArray(bytes);
        float scale = encoding.encode(MemorySegment.ofArray(query), 0, query.length, encoded, 0);
        assertThat(scale).isPositive();
        float[] back = new float[query.length];
        encoding.decode(encoded, 0, scale, query.length, MemorySegment.ofArray(back), 0);
        return back;
    }

    private static float[] random(int dimensions, float size, long seed) {
        Random random = new Random(seed);
        MemorySegment floats = MemorySegment.ofArray(new float[dimensions]);
        for (int i = 0; i < dimensions; i++) {
            floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian() * size);
        }
        return floats.toArray(ValueLayout.JAVA_FLOAT);
    }
}
