package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.simd.DistanceKernels;
import ai.bytesandbrains.engine.simd.Kernels;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Vectors;
import ai.bytesandbrains.engine.train.KMeans;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Product quantization with 8 bits a subspace: a vector is cut into M parts, and each part
/// replaced by the number of the nearest of 256 centroids.
///
/// **Metrics.** L2 approximates squared Euclidean distance. For the cosine, vectors are scaled to
/// length 1 at the door, trained and compared under squared L2, and half of that is reported: for
/// unit vectors it is `1 - cos`. What is decoded then has about unit length.
///
/// **Threads.** One thread at a time, for the scratch in here. Several quantizers may share one
/// [Codebook]: make one for each thread, it costs 4 bytes a dimension and 1 KB.
///
/// **Lifetime.** Nothing to close: codebook and scratch are freed by the garbage collector.
///
/// Source: Jegou, Douze, Schmid, "Product Quantization for Nearest Neighbor Search", IEEE TPAMI
/// 33(1), 2011.
public final class ProductQuantizer implements Codec {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final DistanceKernels KERNELS = Kernels.get();

    private final PqConfig config;
    private final int subspaceDimensions;

    /// The vector at hand, checked and, for the cosine, of unit length.
    private final MemorySegment staging;

    private final float[] scores = new float[Codebook.CENTROIDS];
    private Codebook codebook;
    private double trainingError = Double.NaN;

    /// A quantizer that has to be trained.
    ///
    /// @param config shape and training
    public ProductQuantizer(PqConfig config) {
        this.config = config;
        this.subspaceDimensions = config.dimensions() / config.subspaces();
        this.staging = Arena.ofAuto().allocate(4L * config.dimensions(), RowStore.ALIGNMENT);
    }

    /// A quantizer over a codebook that was trained elsewhere.
    ///
    /// @param codebook the codebook, shared
    public ProductQuantizer(Codebook codebook) {
        this(PqConfig.of(codebook.metric(), codebook.dimensions(), codebook.subspaces(), 0));
        this.codebook = codebook;
    }

    @Override
    public int dimensions() {
        return config.dimensions();
    }

    /// {@inheritDoc}
    ///
    /// One byte a subspace.
    @Override
    public int codeSize() {
        return config.subspaces();
    }

    /// {@return what distances approximate}
    public Metric metric() {
        return config.metric();
    }

    @Override
    public boolean isTrained() {
        return codebook != null;
    }

    /// {@return the codebook in use}
    ///
    /// @throws IllegalStateException if the quantizer is not trained
    public Codebook codebook() {
        if (codebook == null) {
            throw new IllegalStateException("the quantizer is not trained");
        }
        return codebook;
    }

    /// {@return mean squared distance of a training sample to its decoded code; NaN for a codebook
    /// that was trained elsewhere}
    public double trainingError() {
        return trainingError;
    }

    /// Trains a new codebook, which replaces the one in use; codes made before do not compare with
    /// codes made after.
    ///
    /// The same samples in the same order under the same configuration give the same codebook, id
    /// included, on every machine.
    ///
    /// @throws IllegalArgumentException also if there are fewer than 256 samples
    @Override
    public void train(MemorySegment samples, long offset, long stride, int count) {
        Vectors.checkRange("samples", samples, offset, stride, count, dimensions());
        int points = Math.min(count, config.maxTrainingPoints());
        long pointStride = 4L * dimensions();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rows = arena.allocate(points * pointStride, RowStore.ALIGNMENT);
            for (int i = 0; i < points; i++) {
                long sample = (long) i * count / points;
                stage("samples", samples, offset + sample * stride);
                MemorySegment.copy(staging, 0, rows, i * pointStride, pointStride);
            }
            MemorySegment centroids = arena.allocate(Codebook.LINE_BYTES * dimensions(), 64);
            double error = 0;
            for (int m = 0; m < codeSize(); m++) {
                KMeans.Config kMeans =
                        new KMeans.Config(
                                Codebook.CENTROIDS, config.iterations(), config.seed() + m);
                long part = 4L * m * subspaceDimensions;
                error +=
                        KMeans.train(
                                        rows,
                                        part,
                                        pointStride,
                                        points,
                                        subspaceDimensions,
                                        kMeans,
                                        centroids,
                                        part * Codebook.CENTROIDS)
                                .meanSquaredError();
            }
            codebook = Codebook.of(metric(), dimensions(), codeSize(), centroids, 0);
            trainingError = error;
        }
    }

    @Override
    public void encodeBatch(
            MemorySegment vectors,
            long vectorsOffset,
            long vectorStride,
            int count,
            MemorySegment codes,
            long codesOffset,
            long codeStride) {
        Codebook book = codebook();
        Vectors.checkRange("vectors", vectors, vectorsOffset, vectorStride, count, dimensions());
        Vectors.checkRows("codes", codes, codesOffset, codeStride, count, codeSize());
        for (int i = 0; i < count; i++) {
            stage("vectors", vectors, vectorsOffset + i * vectorStride);
            long code = codesOffset + i * codeStride;
            for (int m = 0; m < codeSize(); m++) {
                score(book, m);
                int nearest = DistanceKernels.argMin(scores, Codebook.CENTROIDS);
                codes.set(ValueLayout.JAVA_BYTE, code + m, (byte) nearest);
            }
        }
    }

    @Override
    public void decodeBatch(
            MemorySegment codes,
            long codesOffset,
            long codeStride,
            int count,
            MemorySegment vectors,
            long vectorsOffset,
            long vectorStride) {
        Codebook book = codebook();
        Vectors.checkRows("codes", codes, codesOffset, codeStride, count, codeSize());
        Vectors.checkRange("vectors", vectors, vectorsOffset, vectorStride, count, dimensions());
        MemorySegment lines = book.lines();
        for (int i = 0; i < count; i++) {
            long code = codesOffset + i * codeStride;
            long at = vectorsOffset + i * vectorStride;
            for (int m = 0; m < codeSize(); m++) {
                int centroid = codes.get(ValueLayout.JAVA_BYTE, code + m) & 0xff;
                for (int d = 0; d < subspaceDimensions; d++, at += Float.BYTES) {
                    float x = lines.get(FLOAT, book.lineOffset(m, d) + 4L * centroid);
                    vectors.set(FLOAT, at, x);
                }
            }
        }
    }

    /// {@return bytes of an ADC table: 1 KB a subspace}
    public long adcTableBytes() {
        return codeSize() * Codebook.LINE_BYTES;
    }

    /// Builds the table of asymmetric distances of one query: entry `m * 256 + k` is the distance
    /// of part m of the query to centroid k, so the distance of the query to a code is the sum of M
    /// entries.
    ///
    /// @param query what holds the query; stays the caller's
    /// @param queryOffset byte offset of the query
    /// @param table receives [#adcTableBytes] bytes of float32; owned by the caller
    /// @param tableOffset byte offset of the table
    /// @throws IllegalArgumentException if query or table do not lie inside their segments, or the
    ///     query could not be encoded
    /// @throws IllegalStateException if the quantizer is not trained
    public void adcTable(
            MemorySegment query, long queryOffset, MemorySegment table, long tableOffset) {
        Codebook book = codebook();
        Vectors.checkRange("query", query, queryOffset, 0, 1, dimensions());
        Vectors.checkRows("table", table, tableOffset, 0, 1, adcTableBytes());
        stage("query", query, queryOffset);
        // A power of two: it scales entries and sums without rounding, the order stays that of L2.
        float scale = metric() == Metric.COSINE ? 0.5f : 1f;
        for (int m = 0; m < codeSize(); m++) {
            score(book, m);
            long line = tableOffset + m * Codebook.LINE_BYTES;
            for (int k = 0; k < Codebook.CENTROIDS; k++) {
                table.set(FLOAT, line + 4L * k, scores[k] * scale);
            }
        }
    }

    /// Squared distances of part `m` of the staged vector to all centroids.
    private void score(Codebook book, int m) {
        KERNELS.squaredL2Columns(
                staging,
                4L * m * subspaceDimensions,
                book.lines(),
                book.lineOffset(m, 0),
                Codebook.LINE_BYTES,
                Codebook.CENTROIDS,
                subspaceDimensions,
                scores);
    }

    private void stage(String name, MemorySegment vector, long offset) {
        MemorySegment.copy(vector, offset, staging, 0, staging.byteSize());
        if (metric() == Metric.COSINE) {
            Vectors.normalise(name, staging, 0, dimensions(), staging, 0);
        } else {
            Vectors.checkFinite(name, staging, 0, dimensions());
        }
    }
}
