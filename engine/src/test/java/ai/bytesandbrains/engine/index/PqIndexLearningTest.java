package ai.bytesandbrains.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Simd;
import ai.bytesandbrains.engine.train.TrainingCancelledException;
import ai.bytesandbrains.engine.train.TrainingProgress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Training, observing, and going over to another codebook.
class PqIndexLearningTest {
    private static final int COUNT = 1_500;
    private static final int DIMENSIONS = 16;
    private static final long STRIDE = 4L * DIMENSIONS;
    private static final int K = 20;
    private static final EmbeddingSpace FLOATS = Metric.L2.space(DIMENSIONS);
    private static final PqConfig CONFIG = new PqConfig(Metric.L2, DIMENSIONS, 4, 6, 4, 100, 7);

    private final Arena arena = Arena.ofShared();
    private final SplittableRandom random = new SplittableRandom(3);
    private final MemorySegment vectors =
            TestVectors.clustered(arena, random, COUNT, DIMENSIONS, 60);
    private final MemorySegment others =
            TestVectors.clustered(arena, random, COUNT, DIMENSIONS, 60);

    @BeforeAll
    static void warmUp() {
        Simd.warmUp();
    }

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void shouldLearnFromWhatItObservesAndEncodeItsEntriesAgain() {
        try (PqIndex index = filled(new PqIndex(CONFIG, FLOATS))) {
            Codebook before = index.codebook();
            assertThat(index.drift()).isNaN();
            index.observeBatch(vectors, 0, STRIDE, COUNT);
            assertThat(index.drift()).isBetween(0.9, 1.1);
            for (int i = 0; i < COUNT; i++) {
                index.observe(others, i * STRIDE);
            }
            assertThat(index.drift()).isGreaterThan(1.15);
            assertThat(index.observed()).isEqualTo(2 * COUNT);

            index.retrain(Workers.caller(), TrainingProgress.NONE);

            assertThat(index.codebook().hasSameId(before)).isFalse();
            assertThat(index.observed()).isZero();
            index.observeBatch(others, 0, STRIDE, COUNT);
            assertThat(index.drift()).isLessThan(1.1);
            assertThat(answers(index)).isEqualTo(answersUnder(index.codebook()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldEncodeAgainWithAnyNumberOfThreads(int threads) {
        try (PqIndex index = filled(new PqIndex(CONFIG, FLOATS));
                Workers workers = Workers.of(threads)) {
            index.train(others, 0, STRIDE, COUNT, workers, TrainingProgress.NONE);
            ProductQuantizer alone = new ProductQuantizer(CONFIG);
            alone.train(others, 0, STRIDE, COUNT);

            assertThat(index.codebook().hasSameId(alone.codebook())).isTrue();
            assertThat(answers(index)).isEqualTo(answersUnder(alone.codebook()));
        }
    }

    @Test
    void shouldTakeACodebookThatWasTrainedElsewhere() {
        ProductQuantizer elsewhere = new ProductQuantizer(CONFIG);
        elsewhere.train(others, 0, STRIDE, COUNT);
        ProductQuantizer wrong = new ProductQuantizer(PqConfig.of(Metric.L2, DIMENSIONS, 8, 6, 1));
        wrong.train(others, 0, STRIDE, COUNT);
        EmbeddingSpace rows = new Int8Space(Metric.L2, DIMENSIONS);
        try (PqIndex index = filled(new PqIndex(CONFIG, rows))) {
            index.use(elsewhere.codebook(), Workers.caller());

            assertThat(index.codebook()).isSameAs(elsewhere.codebook());
            assertThat(index.search(TestVectors.array(vectors, 9, DIMENSIONS), 1).getFirst().id())
                    .isEqualTo(9);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> index.use(wrong.codebook(), Workers.caller()))
                    .withMessageContaining("subspaces=8");
        }
    }

    @Test
    void shouldBeAsBeforeIfTrainingIsEnded() {
        try (PqIndex index = filled(new PqIndex(CONFIG, FLOATS))) {
            Codebook before = index.codebook();
            List<Neighbour> answers = answers(index);
            index.observeBatch(others, 0, STRIDE, COUNT);
            TrainingProgress ended = (done, total) -> false;

            assertThatExceptionOfType(TrainingCancelledException.class)
                    .isThrownBy(
                            () -> index.train(others, 0, STRIDE, COUNT, Workers.caller(), ended));
            assertThatExceptionOfType(TrainingCancelledException.class)
                    .isThrownBy(() -> index.retrain(Workers.caller(), ended));
            assertThat(index.codebook()).isSameAs(before);
            assertThat(index.observed()).isEqualTo(COUNT);
            assertThat(answers(index)).isEqualTo(answers);
        }
    }

    @Test
    void shouldLearnItsFirstCodebookFromWhatItObserves() {
        try (PqIndex index = new PqIndex(CONFIG)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> index.retrain(Workers.caller(), TrainingProgress.NONE))
                    .withMessageContaining("observed=0");
            index.observeBatch(vectors, 0, STRIDE, COUNT);
            index.retrain(Workers.caller(), TrainingProgress.NONE);
            index.add(1, vectors, 0);

            assertThat(index.isTrained()).isTrue();
            assertThat(index.search(TestVectors.array(vectors, 0, DIMENSIONS), 1)).hasSize(1);
        }
    }

    @Test
    void shouldKeepItsCodebookWhileItHasCodesAlone() {
        try (PqIndex index = filled(new PqIndex(CONFIG))) {
            index.observeBatch(others, 0, STRIDE, COUNT);
            assertThatIllegalStateException()
                    .isThrownBy(() -> index.retrain(Workers.caller(), TrainingProgress.NONE))
                    .withMessageContaining("len=" + COUNT);
            assertThatIllegalStateException()
                    .isThrownBy(() -> index.use(index.codebook(), Workers.caller()));
            index.reset();
            index.retrain(Workers.caller(), TrainingProgress.NONE);

            assertThat(index.isTrained()).isTrue();
        }
    }

    @Test
    void shouldObserveNothingOfABatchThatIsRefused() {
        MemorySegment bad = arena.allocate(3 * STRIDE, 64);
        bad.set(ValueLayout.JAVA_FLOAT, 2 * STRIDE, Float.NaN);
        try (PqIndex index = filled(new PqIndex(CONFIG))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> index.observeBatch(bad, 0, STRIDE, 3))
                    .withMessageContaining("[0]=NaN");
            assertThat(index.observed()).isZero();
        }
    }

    @Test
    void shouldAllocateNothingToObserve() {
        try (PqIndex index = filled(new PqIndex(CONFIG))) {
            index.observe(vectors, 0);
            assertThat(index.memory().parts())
                    .extracting(MemoryPlan.Part::name)
                    .contains("observed");
            Allocation.assertNone(() -> index.observe(vectors, STRIDE));
        }
    }

    /// The writer goes to and fro between two codebooks; every answer has to be that of one.
    @Test
    @Timeout(300)
    void shouldAnswerUnderOneCodebookWhileItGoesOverToAnother() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger searches = new AtomicInteger();
        try (PqIndex index = filled(new PqIndex(CONFIG, FLOATS));
                ExecutorService readers = Executors.newFixedThreadPool(2)) {
            Codebook first = index.codebook();
            ProductQuantizer other = new ProductQuantizer(CONFIG);
            other.train(others, 0, STRIDE, COUNT);
            Codebook second = other.codebook();
            List<Neighbour> underFirst = answersUnder(first);
            List<Neighbour> underSecond = answersUnder(second);
            assertThat(underFirst).isNotEqualTo(underSecond);
            List<Future<?>> running = new ArrayList<>();
            for (int reader = 0; reader < 2; reader++) {
                boolean batches = reader == 1;
                running.add(
                        readers.submit(
                                () -> {
                                    while (!done.get()) {
                                        List<Neighbour> found =
                                                batches ? batch(index) : answers(index);
                                        assertThat(found).isIn(underFirst, underSecond);
                                        searches.incrementAndGet();
                                    }
                                }));
            }
            try {
                for (int i = 0; i < 150 || searches.get() < 300; i++) {
                    index.use(i % 2 == 0 ? second : first, Workers.caller());
                    if (running.stream().anyMatch(Future::isDone)) {
                        break;
                    }
                }
            } finally {
                done.set(true);
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }

    private PqIndex filled(PqIndex index) {
        index.train(vectors, 0, STRIDE, COUNT);
        for (int i = 0; i < COUNT; i++) {
            index.add(i, vectors, i * STRIDE);
        }
        return index;
    }

    /// What codes made of the vectors under this codebook answer.
    private List<Neighbour> answersUnder(Codebook codebook) {
        try (PqIndex fresh = new PqIndex(codebook)) {
            for (int i = 0; i < COUNT; i++) {
                fresh.add(i, vectors, i * STRIDE);
            }
            return answers(fresh);
        }
    }

    private List<Neighbour> answers(PqIndex index) {
        try (Neighbours out = new Neighbours(K)) {
            index.search(vectors, 0, SearchOptions.of(K).withRerank(0), out);
            return list(out);
        }
    }

    /// The answer of a batch of two equal queries, after a look at whether they are.
    private List<Neighbour> batch(PqIndex index) {
        try (Neighbours one = new Neighbours(K);
                Neighbours two = new Neighbours(K)) {
            Neighbours[] out = {one, two};
            SearchOptions options = SearchOptions.of(K).withRerank(0);
            MemorySegment queries = arena.allocate(2 * STRIDE, 64);
            MemorySegment.copy(vectors, 0, queries, 0, STRIDE);
            MemorySegment.copy(vectors, 0, queries, STRIDE, STRIDE);
            index.searchBatch(queries, 0, STRIDE, 2, options, out);
            assertThat(list(one)).isEqualTo(list(two));
            return list(one);
        }
    }

    private static List<Neighbour> list(Neighbours found) {
        List<Neighbour> list = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            list.add(new Neighbour(found.idAt(i), found.distanceAt(i)));
        }
        return list;
    }
}
