package ai.bytesandbrains.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.HammingSpace;
import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Simd;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;

/// Random sequences of all verbs against a model that works everything out entry by entry: same
/// ids, same order, same distances to the last bit.
///
/// `-Dai.bytesandbrains.test.modelSteps=N` makes the sequences longer, `...modelSeed=N` others.
class IndexModelTest {
    private static final int STEPS =
            Integer.getInteger("ai.bytesandbrains.test.modelSteps", 30_000);
    private static final long SEED = Long.getLong("ai.bytesandbrains.test.modelSeed", 1);
    private static final int DIMENSIONS = 16;
    private static final long STRIDE = 4L * DIMENSIONS;

    /// Few different vectors, so that there are ties and matches.
    private static final int VECTORS = 400;

    private static final int IDS = 900;

    /// Enough queries for tiles.
    private static final int BATCH = 11;

    /// The metric, the bits of codes (0: rows alone), and the rows: of floats, of int8, or none.
    enum Kind {
        L2(Metric.L2, 0, Rows.FLOAT),
        COSINE(Metric.COSINE, 0, Rows.FLOAT),
        INNER_PRODUCT(Metric.INNER_PRODUCT, 0, Rows.FLOAT),
        INT8_L2(Metric.L2, 0, Rows.INT8),
        INT8_COSINE(Metric.COSINE, 0, Rows.INT8),
        INT8_INNER_PRODUCT(Metric.INNER_PRODUCT, 0, Rows.INT8),
        HAMMING(Metric.HAMMING, 0, Rows.BITS),
        PQ_L2(Metric.L2, 4, Rows.NONE),
        PQ_COSINE(Metric.COSINE, 6, Rows.NONE),
        PQ_INNER_PRODUCT(Metric.INNER_PRODUCT, 8, Rows.NONE),
        PQ_L2_FLOAT(Metric.L2, 8, Rows.FLOAT),
        PQ_COSINE_FLOAT(Metric.COSINE, 4, Rows.FLOAT),
        PQ_INNER_PRODUCT_FLOAT(Metric.INNER_PRODUCT, 6, Rows.FLOAT),
        PQ_L2_INT8(Metric.L2, 6, Rows.INT8),
        PQ_COSINE_INT8(Metric.COSINE, 8, Rows.INT8),
        PQ_INNER_PRODUCT_INT8(Metric.INNER_PRODUCT, 4, Rows.INT8);

        private final Metric metric;
        private final int bits;
        private final Rows rows;

        Kind(Metric metric, int bits, Rows rows) {
            this.metric = metric;
            this.bits = bits;
            this.rows = rows;
        }

        private EmbeddingSpace rowSpace() {
            return switch (rows) {
                case NONE -> null;
                case FLOAT -> metric.space(DIMENSIONS);
                case INT8 -> new Int8Space(metric, DIMENSIONS);
                case BITS -> new HammingSpace(32 * DIMENSIONS);
            };
        }

        private PqConfig config() {
            return new PqConfig(metric, DIMENSIONS, 4, bits, 2, VECTORS, 7);
        }
    }

    enum Rows {
        NONE,
        FLOAT,
        INT8,
        BITS
    }

    /// A codebook of the first `count` vectors.
    private static Codebook codebook(PqConfig config, MemorySegment vectors, int count) {
        ProductQuantizer quantizer = new ProductQuantizer(config);
        quantizer.train(vectors, 0, STRIDE, count);
        return quantizer.codebook();
    }

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Neighbours out = new Neighbours(IDS);
    private final RangeResult range = new RangeResult(4);
    private final Neighbours[] batch = new Neighbours[BATCH];
    private MemorySegment vectors;
    private Index index;
    private NaiveModel model;
    private boolean rerank;

    /// What an index goes to and fro between; empty where it cannot.
    private List<Codebook> codebooks = List.of();

    @BeforeAll
    static void warmUp() {
        Simd.warmUp();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldAgreeWithTheModel(Kind kind) {
        try (Arena arena = Arena.ofConfined()) {
            vectors = TestVectors.clustered(arena, random, VECTORS, DIMENSIONS, 20);
            EmbeddingSpace rowSpace = kind.rowSpace();
            create(arena, kind, rowSpace);
            Arrays.setAll(batch, i -> new Neighbours(IDS));
            for (int step = 0; step < STEPS; step++) {
                try {
                    // Phases of growth and of decline.
                    change(step / 2_000 % 3 != 2);
                    if (step % 250 == 0) {
                        look();
                    }
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError("seed=%d step=%d".formatted(SEED, step), e);
                }
            }
        } finally {
            index.close();
            out.close();
            range.close();
            Arrays.stream(batch).forEach(Neighbours::close);
        }
    }

    private void create(Arena arena, Kind kind, EmbeddingSpace rowSpace) {
        if (kind.bits == 0) {
            model = new NaiveModel(arena, rowSpace, null);
            index = new FlatIndex(rowSpace);
            return;
        }
        Codebook first = codebook(kind.config(), vectors, VECTORS);
        rerank = rowSpace != null;
        model = new NaiveModel(arena, rowSpace, first);
        index = rerank ? new PqIndex(first, rowSpace) : new PqIndex(first);
        if (rerank) {
            codebooks = List.of(first, codebook(kind.config(), vectors, VECTORS * 3 / 4));
        }
    }

    private void change(boolean growing) {
        long id = random.nextInt(IDS) - 100L;
        int what = random.nextInt(10_000);
        if (what == 0 && !growing) {
            index.reset();
            model.clear();
        } else if (what == 1 && !codebooks.isEmpty()) {
            Codebook next = codebooks.get(random.nextInt(codebooks.size()));
            ((PqIndex) index).use(next, Workers.caller());
            model.use(next);
        } else if (what < 5) {
            long at = anyVector();
            assertThat(index.removeMatching(vectors, at))
                    .isEqualTo(model.removeMatching(vectors, at));
        } else if (what < (growing ? 3_500 : 6_500)) {
            assertThat(index.remove(id)).isEqualTo(model.remove(id));
        } else {
            long at = anyVector();
            if (model.contains(id)) {
                index.upsert(id, vectors, at);
            } else {
                index.add(id, vectors, at);
            }
            model.put(id, vectors, at);
        }
        assertThat(index.len()).isEqualTo(model.size());
    }

    private void look() {
        long id = random.nextInt(IDS) - 100L;
        assertThat(index.contains(id)).isEqualTo(model.contains(id));
        assertThat(index.slotOf(id) >= 0).isEqualTo(model.contains(id));
        long query = anyVector();
        int k = 1 + random.nextInt(random.nextInt(10) == 0 ? IDS : 20);
        int factor = rerank ? random.nextInt(4) : 0;
        int modulus = 1 + random.nextInt(random.nextInt(3) == 0 ? 200 : 5);
        LongPredicate some = each -> each % modulus == 0;
        LongPredicate filter = modulus == 1 ? each -> true : some;
        RowFilter rows = modulus == 1 ? RowFilter.ALL : filter(filter);
        SearchOptions options = new SearchOptions(k, rows, factor);

        List<Neighbour> expected = model.search(vectors, query, k, filter, factor);
        assertThat(index.search(vectors, query, options, out)).isEqualTo(expected.size());
        assertThat(found(out)).isEqualTo(expected);

        int count = Math.min(BATCH, (int) (VECTORS - query / STRIDE));
        index.searchBatch(vectors, query, STRIDE, count, options, batch);
        assertThat(found(batch[0])).isEqualTo(expected);
        long last = query + (count - 1) * STRIDE;
        assertThat(found(batch[count - 1]))
                .isEqualTo(model.search(vectors, last, k, filter, factor));

        List<Neighbour> near = model.search(vectors, query, IDS, each -> true, 0);
        float radius = near.isEmpty() ? 1 : near.get(random.nextInt(near.size())).distance();
        index.searchRange(vectors, query, radius, rows, range);
        assertThat(foundInRange()).isEqualTo(model.within(vectors, query, radius, filter));
    }

    private RowFilter filter(LongPredicate ids) {
        if (random.nextBoolean()) {
            return RowFilter.byId(ids);
        }
        SlotBitmap bitmap = new SlotBitmap(0);
        for (long id : model.ids()) {
            if (ids.test(id)) {
                bitmap.set(index.slotOf(id));
            }
        }
        return bitmap;
    }

    private long anyVector() {
        return random.nextInt(VECTORS) * STRIDE;
    }

    private static List<Neighbour> found(Neighbours found) {
        List<Neighbour> list = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            list.add(new Neighbour(found.idAt(i), found.distanceAt(i)));
        }
        return list;
    }

    private List<Neighbour> foundInRange() {
        List<Neighbour> list = new ArrayList<>();
        for (int i = 0; i < range.size(); i++) {
            list.add(new Neighbour(range.idAt(i), range.distanceAt(i)));
        }
        return list;
    }
}
