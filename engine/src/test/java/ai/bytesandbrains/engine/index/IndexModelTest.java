package ai.bytesandbrains.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.HammingSpace;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Simd;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;

/// Random sequences of all verbs against a model that works everything out entry by entry: same
/// ids, same order, same distances to the last bit. Int8 rows are not among the kinds: the distance
/// of one such row may differ in its last bits from that of the same row among others.
///
/// `-Dai.bytesandbrains.test.modelSteps=N` makes the sequences longer, `...modelSeed=N` others.
class IndexModelTest {
    private static final int STEPS =
            Integer.getInteger("ai.bytesandbrains.test.modelSteps", 60_000);
    private static final long SEED = Long.getLong("ai.bytesandbrains.test.modelSeed", 1);
    private static final int DIMENSIONS = 16;

    /// Few different vectors, so that there are ties and matches.
    private static final int VECTORS = 400;

    private static final int IDS = 900;

    enum Kind {
        L2,
        COSINE,
        INNER_PRODUCT,
        HAMMING,
        PQ_4,
        PQ_6,
        PQ_8,
        PQ_4_FLOAT_ROWS,
        PQ_8_FLOAT_ROWS;

        private Metric metric() {
            return switch (this) {
                case COSINE, PQ_6, PQ_8_FLOAT_ROWS -> Metric.COSINE;
                case INNER_PRODUCT, PQ_8 -> Metric.INNER_PRODUCT;
                default -> Metric.L2;
            };
        }

        private EmbeddingSpace rowSpace() {
            return switch (this) {
                case HAMMING -> new HammingSpace(32 * DIMENSIONS);
                case PQ_4, PQ_6, PQ_8 -> null;
                default -> metric().space(DIMENSIONS);
            };
        }

        private Codebook codebook(MemorySegment vectors) {
            if (!name().startsWith("PQ")) {
                return null;
            }
            int bits = name().charAt(3) - '0';
            ProductQuantizer quantizer =
                    new ProductQuantizer(new PqConfig(metric(), DIMENSIONS, 4, bits, 2, 400, 7));
            quantizer.train(vectors, 0, 4L * DIMENSIONS, VECTORS);
            return quantizer.codebook();
        }
    }

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Neighbours out = new Neighbours(IDS);
    private final RangeResult range = new RangeResult(4);
    private MemorySegment vectors;
    private Index index;
    private NaiveModel model;
    private boolean rerank;

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
            Codebook codebook = kind.codebook(vectors);
            rerank = rowSpace != null && codebook != null;
            model = new NaiveModel(arena, rowSpace, codebook);
            index =
                    codebook == null
                            ? new FlatIndex(rowSpace)
                            : rerank ? new PqIndex(codebook, rowSpace) : new PqIndex(codebook);
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
        }
    }

    private void change(boolean growing) {
        long id = random.nextInt(IDS) - 100L;
        int what = random.nextInt(10_000);
        if (what == 0 && !growing) {
            index.reset();
            model.clear();
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
        assertThat(found()).isEqualTo(expected);

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
        return random.nextInt(VECTORS) * 4L * DIMENSIONS;
    }

    private List<Neighbour> found() {
        List<Neighbour> list = new ArrayList<>();
        for (int i = 0; i < out.size(); i++) {
            list.add(new Neighbour(out.idAt(i), out.distanceAt(i)));
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
