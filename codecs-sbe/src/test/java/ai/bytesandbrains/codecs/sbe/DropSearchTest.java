package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchStatus;
import ai.bytesandbrains.engine.search.VectorState;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Random;

/// What can be wrong with queries, answers, wishes for vectors and vectors.
class DropSearchTest {

    // Where the fields of the bodies are, from the start of the frame: the layout in schema.xml.
    private static final int PEER_KIND = 54;
    private static final int BUDGET = Wire.BODY + 8;
    private static final int ASKER = Wire.BODY + 16;
    private static final int SCALE = ASKER + 64;
    private static final int K = SCALE + 4;
    private static final int DIMENSIONS = K + 2;
    private static final int METRIC = DIMENSIONS + 2;
    private static final int ENCODING = METRIC + 1;
    private static final int FILTER_FLAGS = ENCODING + 1 + 8;
    private static final int QUERY_LENGTH = FILTER_FLAGS + 1;
    private static final int STATUS = Wire.BODY + 8;
    private static final int FORM = STATUS + 1;
    private static final int FILTERED = FORM + 1;
    private static final int MEAN_ERROR = FILTERED + 1;
    private static final int HITS = MEAN_ERROR + 4 + 16;
    private static final int WISH_ENCODING = ASKER + 64 + 2;
    private static final int WISHES = WISH_ENCODING + 1;
    private static final int VECTOR_STATUS = Wire.BODY + 8 + 2;
    private static final int VECTORS = VECTOR_STATUS + 2;
    private static final int FIRST_VECTOR = VECTORS + 4;

    private final Random random = new Random(4);
    private final Wire wire = Wire.recording();
    private final byte[] request = wire.frame(Search.request(random, Wire.SENDER));
    private final byte[] response = wire.frame(Search.response(random));
    private final byte[] wish = wire.frame(Search.wish(random, Wire.SENDER));
    private final byte[] vectors =
            wire.frame(
                    new Search.Vectors(
                            1,
                            SearchStatus.OK,
                            8,
                            QueryEncoding.INT8,
                            List.of(
                                    new Search.Given(5, VectorState.THERE, 1, List.of(7L)),
                                    new Search.Given(6, VectorState.GONE, 0, List.of()))));

    @AfterEach
    void close() {
        wire.close();
    }

    @Test
    void shouldTakeTheFramesThatAreDamagedHere() {
        wire.take(request);
        wire.take(response);
        wire.take(wish);
        wire.take(vectors);

        assertThat(wire.delivered()).isEqualTo(4);
    }

    @Test
    void shouldDropAQueryOfAnotherThanItsSender() {
        Wire.putLong(request, ASKER, 99);
        wire.assertDropped(request, DropReason.SENDER_MISMATCH);
    }

    // ---- malformed searches

    @ParameterizedTest
    @ValueSource(ints = {0, 55, 65_535})
    void shouldDropAQueryBlockThatCannotBe(int block) {
        Wire.putShort(request, Wire.BLOCK_LENGTH, block);
        wire.assertDropped(request, DropReason.MALFORMED);
    }

    @Test
    void shouldDropAQueryForNothing() {
        Wire.putShort(request, K, 0);
        wire.assertDropped(request, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000, 65_535})
    void shouldDropDimensionsThatTheQueryDoesNotHave(int dimensions) {
        Wire.putShort(request, DIMENSIONS, dimensions);
        wire.assertDropped(request, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535})
    void shouldDropAQueryLengthThatCannotBe(int length) {
        Wire.putShort(request, QUERY_LENGTH, length);
        wire.assertDropped(request, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 77, 255})
    void shouldDropAMetricThatItDoesNotKnow(int metric) {
        request[METRIC] = (byte) metric;
        wire.assertDropped(request, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 255})
    void shouldDropAnEncodingThatItDoesNotKnow(int encoding) {
        request[ENCODING] = (byte) encoding;
        wire.assertDropped(request, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void shouldDropAScaleThatCannotBe(float scale) {
        Wire.putInt(request, SCALE, Float.floatToRawIntBits(scale));
        wire.assertDropped(request, DropReason.MALFORMED);
    }

    @Test
    void shouldDropANegativeBudget() {
        Wire.putLong(request, BUDGET, -1);
        wire.assertDropped(request, DropReason.MALFORMED);
    }

    @Test
    void shouldDropAnAskerWithoutAnAddress() {
        request[ASKER + PEER_KIND] = 0;
        wire.assertDropped(request, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 255})
    void shouldDropAStatusThatItDoesNotKnow(int status) {
        response[STATUS] = (byte) status;
        wire.assertDropped(response, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 65_535})
    void shouldDropMoreHitsThanFit(int count) {
        Wire.putShort(response, HITS + 2, count);
        wire.assertDropped(response, DropReason.MALFORMED);
    }

    @Test
    void shouldDropHitsThatAreTooShort() {
        Wire.putShort(response, HITS, 11);
        wire.assertDropped(response, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 255})
    void shouldDropAFilterThatItDoesNotKnow(int flags) {
        request[FILTER_FLAGS] = (byte) flags;
        wire.assertDropped(request, DropReason.MALFORMED);
    }

    @Test
    void shouldDropIdsOfAFilterThatDoNotAscend() {
        byte[] frame =
                wire.frame(
                        new Search.Request(
                                1,
                                Peers.random(random, Wire.SENDER),
                                1,
                                0,
                                Metric.L2,
                                8,
                                QueryEncoding.INT8,
                                1,
                                List.of(1L),
                                2,
                                0,
                                List.of(5L, 9L, 9L, 12L)));
        wire.assertDropped(frame, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 255})
    void shouldDropAFormOfDistancesThatItDoesNotKnow(int form) {
        response[FORM] = (byte) form;
        wire.assertDropped(response, DropReason.MALFORMED);
    }

    @Test
    void shouldDropAnAnswerThatIsMoreThanFiltered() {
        response[FILTERED] = 2;
        wire.assertDropped(response, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, Float.NaN, Float.POSITIVE_INFINITY})
    void shouldDropAMeanErrorThatCannotBe(float error) {
        Wire.putInt(response, MEAN_ERROR, Float.floatToRawIntBits(error));
        wire.assertDropped(response, DropReason.MALFORMED);
    }

    // ---- malformed wishes and vectors

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000, 65_535})
    void shouldDropMoreWishesThanFitOrNone(int count) {
        Wire.putShort(wish, WISHES + 2, count);
        wire.assertDropped(wish, DropReason.MALFORMED);
    }

    @Test
    void shouldDropAWishForAnEncodingThatItDoesNotKnow() {
        wish[WISH_ENCODING] = 3;
        wire.assertDropped(wish, DropReason.MALFORMED);
    }

    @Test
    void shouldDropAWishInAnothersName() {
        Wire.putLong(wish, ASKER, 99);
        wire.assertDropped(wish, DropReason.SENDER_MISMATCH);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 257, 65_535})
    void shouldDropVectorsThatAreNotThere(int count) {
        Wire.putShort(vectors, VECTORS + 2, count);
        wire.assertDropped(vectors, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 255})
    void shouldDropVectorsWhoseComponentsAreNobodys(int state) {
        vectors[FIRST_VECTOR + 12] = (byte) state;
        wire.assertDropped(vectors, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -1, Float.NaN, Float.POSITIVE_INFINITY})
    void shouldDropVectorsWithAScaleThatCannotBe(float scale) {
        Wire.putInt(vectors, FIRST_VECTOR + 8, Float.floatToRawIntBits(scale));
        wire.assertDropped(vectors, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 255})
    void shouldDropVectorsWithAStatusThatItDoesNotKnow(int status) {
        vectors[VECTOR_STATUS] = (byte) status;
        wire.assertDropped(vectors, DropReason.MALFORMED);
    }
}
