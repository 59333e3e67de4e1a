package ai.bytesandbrains.bench.eval;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.PqIndex;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.train.TrainingProgress;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/// One index, step by step, with what each step takes.
///
/// For one thread, which closes it.
public final class IndexBuild implements AutoCloseable {
    private static final int ENCODED_AT_MOST = 200_000;
    private static final int WARM_UP_VECTORS = 4_096;
    private static final int PROGRESS_STEP = 1_024;

    private final Shape shape;
    private final int dimensions;
    private final int capacity;
    private final ProductQuantizer quantizer;
    private final Workers workers;
    private Index index;
    private Double trainSeconds;
    private Double trainError;
    private Double encodeVectorsPerSecond;
    private Double addSeconds;

    /// What the steps took; null for a step that there was none of.
    ///
    /// @param trainSeconds training
    /// @param trainError mean over vectors of the squared distance to their decoded codes, in the
    ///     form that the codec sees (unit vectors for the cosine)
    /// @param encodeVectorsPerSecond encoding
    /// @param addSeconds adding all vectors to the index, encoding included
    /// @param bytesPerVector off-heap bytes of the index, divided by its vectors
    public record Figures(
            Double trainSeconds,
            Double trainError,
            Double encodeVectorsPerSecond,
            Double addSeconds,
            Double bytesPerVector) {}

    /// What is built.
    ///
    /// @param metric the metric
    /// @param subspaces of the codes; 0 for an exact index
    /// @param bits bits a subspace
    /// @param iterations of k-means at most, null for the engine's number
    /// @param rerank whether codes are accompanied by rows
    /// @param int8Rows whether rows are 8-bit numbers, not floats
    /// @param threads that train and encode
    /// @param seed of the training
    public record Shape(
            Metric metric,
            int subspaces,
            int bits,
            Integer iterations,
            boolean rerank,
            boolean int8Rows,
            int threads,
            long seed) {
        /// {@return whether vectors are searched as codes}
        boolean hasCodes() {
            return subspaces > 0;
        }

        PqConfig pqConfig(final int dimensions) {
            final PqConfig config = PqConfig.of(metric, dimensions, subspaces, bits, seed);
            return iterations == null ? config : config.withIterations(iterations);
        }
    }

    /// Prepares the parts; an index with codes comes to be by [#train].
    ///
    /// @param shape what is built
    /// @param dimensions floats in a vector
    /// @param capacity number of vectors to come
    /// @throws IllegalArgumentException if the shape and the dimensions do not go together
    public IndexBuild(final Shape shape, final int dimensions, final int capacity) {
        this.shape = shape;
        this.dimensions = dimensions;
        this.capacity = capacity;
        if (shape.hasCodes()) {
            quantizer = new ProductQuantizer(shape.pqConfig(dimensions));
        } else {
            quantizer = null;
            index = new FlatIndex(rowSpace());
        }
        workers = shape.threads() == 1 ? Workers.caller() : Workers.of(shape.threads());
    }

    private EmbeddingSpace rowSpace() {
        return shape.int8Rows()
                ? new Int8Space(shape.metric(), dimensions)
                : shape.metric().space(dimensions);
    }

    /// Trains the codec; leaves its time and its error behind.
    ///
    /// @param samples what to learn from
    /// @throws IllegalArgumentException if the engine refuses the samples
    public void train(final NativeVectors samples) {
        final long start = System.nanoTime();
        quantizer.train(
                samples.segment(),
                0,
                samples.strideBytes(),
                samples.rows(),
                workers,
                TrainingProgress.NONE);
        trainSeconds = (System.nanoTime() - start) / 1e9;
        trainError = quantizer.codebook().trainingError();
        index =
                shape.rerank()
                        ? new PqIndex(quantizer.codebook(), rowSpace())
                        : new PqIndex(quantizer.codebook());
    }

    /// Encodes vectors, of many only some, and leaves the rate behind; the codes are dropped.
    ///
    /// @param vectors what to encode
    public void encode(final NativeVectors vectors) {
        final int count = Math.min(vectors.rows(), ENCODED_AT_MOST);
        final int codeSize = quantizer.codeSize();
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment codes = arena.allocate((long) count * codeSize, 64);
            encode(vectors, Math.min(count, WARM_UP_VECTORS), codes);
            final long start = System.nanoTime();
            encode(vectors, count, codes);
            encodeVectorsPerSecond = count * 1e9 / (System.nanoTime() - start);
        }
    }

    private void encode(final NativeVectors vectors, final int count, final MemorySegment codes) {
        quantizer.encodeBatch(
                vectors.segment(),
                0,
                vectors.strideBytes(),
                count,
                codes,
                0,
                quantizer.codeSize(),
                workers);
    }

    /// Adds all vectors; ids are rows.
    ///
    /// @param vectors what to add
    /// @param progress is told the number of vectors added
    /// @throws IllegalArgumentException if the engine refuses one, naming its row
    public void fill(final NativeVectors vectors, final LongConsumer progress) {
        index.reserve(capacity);
        final long start = System.nanoTime();
        for (int row = 0; row < vectors.rows(); row++) {
            try {
                index.add(row, vectors.segment(), vectors.offset(row));
            } catch (final IllegalArgumentException e) {
                throw new IllegalArgumentException("row %d: %s".formatted(row, e.getMessage()), e);
            }
            if (row % PROGRESS_STEP == 0) {
                progress.accept(row);
            }
        }
        progress.accept(vectors.rows());
        addSeconds = (System.nanoTime() - start) / 1e9;
    }

    /// {@return the index; this object closes it}
    public Index index() {
        return index;
    }

    /// {@return bytes that a query is compared with: rows, or codes without their rows}
    public long scannedBytesPerQuery() {
        final long bytes = shape.hasCodes() ? quantizer.codeSize() : index.space().rowBytes();
        return bytes * capacity;
    }

    /// {@return what it took so far}
    public Figures figures() {
        return new Figures(
                trainSeconds,
                trainError,
                encodeVectorsPerSecond,
                addSeconds,
                index.memory().bytesPerEntry());
    }

    @Override
    public void close() {
        if (index != null) {
            index.close();
        }
        workers.close();
    }
}
