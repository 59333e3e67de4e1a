package ai.bytesandbrains.bench.compare;

import ai.bytesandbrains.bench.data.NativeVectors;

import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.NodeQueue;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction;
import io.github.jbellis.jvector.quantization.PQVectors;
import io.github.jbellis.jvector.quantization.ProductQuantization;
import io.github.jbellis.jvector.util.BoundedLongHeap;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorUtil;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.ByteSequence;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.logging.Level;
import java.util.logging.Logger;

/// What is measured, done with JVector in the way that its own code does it: a list of vectors on
/// the heap, a score function prepared for each query, and its bounded heap for the best ones.
/// Squared Euclidean distance, one thread.
///
/// For one thread.
final class JVectorSide implements AutoCloseable {
    /// Lloyd iterations that JVector always does.
    static final int ITERATIONS = ProductQuantization.K_MEANS_ITERATIONS;

    private static final int CENTROIDS = 256;

    /// Kept, because a logger that nobody refers to forgets its level.
    private static final Logger LOGGER = Logger.getLogger("io.github.jbellis.jvector");

    private static final VectorTypeSupport TYPES;

    static {
        // Standard error is for progress: nothing but warnings of others belongs there.
        LOGGER.setLevel(Level.WARNING);
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        TYPES = VectorizationProvider.getInstance().getVectorTypeSupport();
    }

    private final ForkJoinPool oneThread = new ForkJoinPool(1);
    private final List<VectorFloat<?>> base;
    private final List<VectorFloat<?>> queries;
    private final NodeQueue best;
    private final int k;
    private final int[] found;

    private ProductQuantization quantization;
    private PQVectors codes;
    private int nextEncoded;
    private int nextQuery;

    /// Copies the data to where JVector wants it.
    JVectorSide(final NativeVectors base, final NativeVectors queries, final int k) {
        this.base = copy(base);
        this.queries = copy(queries);
        this.k = k;
        best = new NodeQueue(new BoundedLongHeap(k), NodeQueue.Order.MIN_HEAP);
        found = new int[k];
    }

    private static List<VectorFloat<?>> copy(final NativeVectors vectors) {
        final List<VectorFloat<?>> copies = new ArrayList<>(vectors.rows());
        for (int row = 0; row < vectors.rows(); row++) {
            copies.add(TYPES.createFloatVector(vectors.row(row)));
        }
        return copies;
    }

    /// What its loops run on.
    String provider() {
        return VectorizationProvider.getInstance().getClass().getSimpleName();
    }

    /// Trains on the first `points` vectors of the base; all of them are used up to 128,000.
    void train(final int subspaces, final int points) {
        quantization =
                ProductQuantization.compute(
                        new ListRandomAccessVectorValues(
                                base.subList(0, points), base.getFirst().length()),
                        subspaces,
                        CENTROIDS,
                        false,
                        -1f,
                        oneThread,
                        oneThread);
    }

    /// The centroids as the engine takes them: for each subspace one centroid after the other.
    float[] centroids() {
        final float[] centroids = new float[CENTROIDS * base.getFirst().length()];
        int at = 0;
        for (int subspace = 0; subspace < quantization.getSubspaceCount(); subspace++) {
            final VectorFloat<?> book = quantization.getCodebookVector(subspace);
            for (int i = 0; i < book.length(); i++) {
                centroids[at++] = book.get(i);
            }
        }
        return centroids;
    }

    /// Encodes the next `count` vectors, round and round.
    long encode(final int count, final ByteSequence<?> code) {
        for (int i = 0; i < count; i++) {
            quantization.encodeTo(base.get(nextEncoded), code);
            nextEncoded = nextEncoded + 1 == base.size() ? 0 : nextEncoded + 1;
        }
        return count;
    }

    /// Room for one code.
    ByteSequence<?> newCode() {
        return TYPES.createByteSequence(quantization.compressedVectorSize());
    }

    /// Encodes all vectors and keeps the codes for the scan.
    void encodeAll() {
        codes =
                quantization.encodeAll(
                        new ListRandomAccessVectorValues(base, base.getFirst().length()),
                        oneThread);
    }

    /// One byte of one of the kept codes.
    byte codeAt(final int row, final int subspace) {
        return codes.get(row).get(subspace);
    }

    /// Scans all codes with the next query.
    int scanCodes() {
        final int query = nextQuery();
        scanCodes(query);
        return query;
    }

    /// Scans all codes; the result is in [#found].
    void scanCodes(final int query) {
        final ScoreFunction score =
                codes.precomputedScoreFunctionFor(
                        queries.get(query), VectorSimilarityFunction.EUCLIDEAN);
        best.clear();
        for (int row = 0; row < base.size(); row++) {
            best.push(row, score.similarityTo(row));
        }
        takeBest();
    }

    /// Scans all vectors with the next query.
    int scanVectors() {
        final int query = nextQuery();
        scanVectors(query);
        return query;
    }

    /// Scans all vectors; the result is in [#found].
    void scanVectors(final int query) {
        final VectorFloat<?> vector = queries.get(query);
        best.clear();
        for (int row = 0; row < base.size(); row++) {
            best.push(row, -VectorUtil.squareL2Distance(vector, base.get(row)));
        }
        takeBest();
    }

    private int nextQuery() {
        final int query = nextQuery;
        nextQuery = nextQuery + 1 == queries.size() ? 0 : nextQuery + 1;
        return query;
    }

    private void takeBest() {
        Arrays.fill(found, -1);
        for (int i = Math.min(k, best.size()) - 1; i >= 0; i--) {
            found[i] = best.pop();
        }
    }

    /// Rows of the last scan's neighbours, nearest first; -1 where there are fewer than k.
    int[] found() {
        return found;
    }

    @Override
    public void close() {
        oneThread.close();
    }
}
