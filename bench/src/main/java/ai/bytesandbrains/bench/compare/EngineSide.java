package ai.bytesandbrains.bench.compare;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.index.PqIndex;
import ai.bytesandbrains.engine.index.SearchOptions;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.L2Space;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.train.TrainingProgress;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// What is measured, done with the engine. Squared Euclidean distance.
///
/// For one thread, which may have others work for it.
final class EngineSide implements AutoCloseable {
    private static final int BITS = 8;
    private static final int ENCODE_BLOCK = 1_024;
    private static final long SEED = 42;

    private final Arena arena = Arena.ofShared();
    private final NativeVectors base;
    private final NativeVectors queries;
    private final int k;
    private final Neighbours[] out;
    private final MemorySegment codes;
    private final FlatIndex flat;

    private ProductQuantizer quantizer;
    private PqIndex codeIndex;
    private int nextEncoded;
    private int nextQuery;

    /// @param base stays the caller's
    /// @param queries stay the caller's; at least `batch`
    /// @param subspaces most bytes of a code
    /// @param batch most queries at once
    EngineSide(
            final NativeVectors base,
            final NativeVectors queries,
            final int subspaces,
            final int batch,
            final int k) {
        this.base = base;
        this.queries = queries;
        this.k = k;
        out = new Neighbours[batch];
        Arrays.setAll(out, _ -> new Neighbours(k));
        codes = arena.allocate((long) ENCODE_BLOCK * subspaces, 64);
        flat = new FlatIndex(new L2Space(base.dimensions()));
        fill(flat);
    }

    private void fill(final Index index) {
        index.reserve(base.rows());
        for (int row = 0; row < base.rows(); row++) {
            index.add(row, base.segment(), base.offset(row));
        }
    }

    /// Trains on the first `points` vectors of the base; returns the codebook.
    Codebook train(
            final int subspaces,
            final int bits,
            final int points,
            final int iterations,
            final Workers workers) {
        final PqConfig config =
                PqConfig.of(Metric.L2, base.dimensions(), subspaces, bits, SEED)
                        .withIterations(iterations)
                        .withMaxPointsPerCentroid(points);
        final ProductQuantizer trained = new ProductQuantizer(config);
        trained.train(
                base.segment(), 0, base.strideBytes(), points, workers, TrainingProgress.NONE);
        return trained.codebook();
    }

    /// A codebook of someone else's centroids.
    Codebook adopt(final int subspaces, final float[] centroids) {
        final MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_FLOAT_UNALIGNED, centroids);
        return Codebook.of(Metric.L2, base.dimensions(), subspaces, BITS, copy, 0);
    }

    /// From now on codes are of this codebook; all vectors are encoded and indexed.
    void use(final Codebook codebook) {
        quantizer = new ProductQuantizer(codebook);
        if (codeIndex != null) {
            codeIndex.close();
        }
        codeIndex = new PqIndex(codebook);
        fill(codeIndex);
    }

    /// Mean squared distance of the first `count` vectors to what is decoded of their codes.
    double error(final Codebook codebook, final int count) {
        final ProductQuantizer codec = new ProductQuantizer(codebook);
        final MemorySegment decoded = arena.allocate(base.strideBytes(), 64);
        double sum = 0;
        for (int row = 0; row < count; row++) {
            codec.encode(base.segment(), base.offset(row), codes, 0);
            codec.decode(codes, 0, decoded, 0);
            for (long at = 0; at < base.strideBytes(); at += Float.BYTES) {
                final double difference =
                        base.segment().get(ValueLayout.JAVA_FLOAT, base.offset(row) + at)
                                - decoded.get(ValueLayout.JAVA_FLOAT, at);
                sum += difference * difference;
            }
        }
        return sum / count;
    }

    /// Encodes the next block of vectors, round and round; returns how many.
    long encode() {
        final int count = Math.min(ENCODE_BLOCK, base.rows() - nextEncoded);
        quantizer.encodeBatch(
                base.segment(),
                base.offset(nextEncoded),
                base.strideBytes(),
                count,
                codes,
                0,
                quantizer.codeSize());
        nextEncoded = nextEncoded + count == base.rows() ? 0 : nextEncoded + count;
        return count;
    }

    /// The code of one vector; the result is valid until the next call.
    byte codeAt(final int row, final int subspace) {
        if (subspace == 0) {
            quantizer.encode(base.segment(), base.offset(row), codes, 0);
        }
        return codes.get(ValueLayout.JAVA_BYTE, subspace);
    }

    /// Scans all codes with the next query; returns how many codes.
    long scanCodes() {
        return scan(codeIndex);
    }

    /// Scans all codes with the next batch of queries; returns how many, counted for each query.
    long scanCodes(final int queriesAtOnce, final Workers workers) {
        return scanBatch(codeIndex, queriesAtOnce, workers);
    }

    /// Scans all vectors with the next query; returns how many.
    long scanVectors() {
        return scan(flat);
    }

    /// Scans all vectors with the next batch; returns how many, counted for each query.
    long scanVectors(final int queriesAtOnce, final Workers workers) {
        return scanBatch(flat, queriesAtOnce, workers);
    }

    /// The neighbours of one query among codes or vectors, nearest first.
    Neighbours search(final boolean inCodes, final int query) {
        final Index index = inCodes ? codeIndex : flat;
        index.search(queries.segment(), queries.offset(query), SearchOptions.of(k), out[0]);
        return out[0];
    }

    private long scan(final Index index) {
        index.search(queries.segment(), queries.offset(nextQuery), SearchOptions.of(k), out[0]);
        nextQuery = nextQuery + 1 == queries.rows() ? 0 : nextQuery + 1;
        return base.rows();
    }

    private long scanBatch(final Index index, final int queriesAtOnce, final Workers workers) {
        final int first = nextQuery + queriesAtOnce <= queries.rows() ? nextQuery : 0;
        index.searchBatch(
                queries.segment(),
                queries.offset(first),
                queries.strideBytes(),
                queriesAtOnce,
                SearchOptions.of(k),
                out,
                workers);
        nextQuery = first + queriesAtOnce < queries.rows() ? first + queriesAtOnce : 0;
        return (long) queriesAtOnce * base.rows();
    }

    @Override
    public void close() {
        flat.close();
        if (codeIndex != null) {
            codeIndex.close();
        }
        for (final Neighbours neighbours : out) {
            neighbours.close();
        }
        arena.close();
    }
}
