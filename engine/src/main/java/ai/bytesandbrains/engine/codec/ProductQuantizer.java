package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Vectors;
import ai.bytesandbrains.engine.train.TrainingCancelledException;
import ai.bytesandbrains.engine.train.TrainingProgress;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Product quantization: a vector is cut into M parts, and each part replaced by the number of the
/// nearest of 16, 64 or 256 centroids, in 4, 6 or 8 bits. [PackedCode] is the layout of codes.
///
/// **Metrics.** L2 approximates squared Euclidean distance. For the cosine, vectors are scaled to
/// length 1 at the door, trained and compared under squared L2, and half of that is reported: for
/// unit vectors it is `1 - cos`. What is decoded then has about unit length. For the inner product,
/// vectors are trained and encoded under squared L2, and tables hold `-<q, c>`.
///
/// **Threads.** One thread at a time, for the scratch in here. Several quantizers may share one
/// [Codebook]: make one for each thread, it costs some kilobytes, and about
/// 300 KB from the first larger batch on.
///
/// **Lifetime.** Nothing to close: codebook and scratch are freed by the garbage collector.
///
/// Source: Jegou, Douze, Schmid, "Product Quantization for Nearest Neighbor Search", IEEE TPAMI
/// 33(1), 2011.
public final class ProductQuantizer implements Codec {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Codebooks before the one in use that are kept.
    private static final int KEPT = 8;

    private final PqConfig config;
    private final PqEncoder encoder;
    private final EncodeJob encodeJob;
    private final float[] scores;
    private volatile Codebook codebook;

    /// Those before it, the latest first.
    private volatile List<Codebook> earlier = List.of();

    private PqObserver observer;

    /// A quantizer that has to be trained.
    ///
    /// @param config shape and training
    public ProductQuantizer(PqConfig config) {
        this.config = config;
        this.encoder = new PqEncoder(config);
        this.encodeJob = new EncodeJob(config, encoder);
        this.scores = new float[config.centroids()];
    }

    /// A quantizer over a codebook that was trained elsewhere.
    ///
    /// @param codebook the codebook, shared
    public ProductQuantizer(Codebook codebook) {
        this(
                PqConfig.of(
                        codebook.metric(),
                        codebook.dimensions(),
                        codebook.subspaces(),
                        codebook.bits(),
                        0));
        this.codebook = codebook;
    }

    @Override
    public int dimensions() {
        return config.dimensions();
    }

    /// {@inheritDoc}
    ///
    /// The bits of all subspaces, rounded up to bytes.
    @Override
    public int codeSize() {
        return config.codeSize();
    }

    /// {@return shape and training}
    public PqConfig config() {
        return config;
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
        Codebook book = codebook;
        if (book == null) {
            throw new IllegalStateException("the quantizer is not trained");
        }
        return book;
    }

    /// Trains a new codebook, which replaces the one in use; codes made before do not compare with
    /// codes made after.
    ///
    /// The same samples in the same order under the same configuration give the same codebook, id
    /// included, on every machine.
    ///
    /// @throws IllegalArgumentException also if there are fewer samples than centroids
    @Override
    public void train(MemorySegment samples, long offset, long stride, int count) {
        train(samples, offset, stride, count, Workers.caller(), TrainingProgress.NONE);
    }

    /// Trains a new codebook with several threads; it is the same for any number of them.
    ///
    /// @param samples what holds the samples; stays the caller's
    /// @param offset byte offset of the first sample
    /// @param stride bytes from one sample to the next
    /// @param count number of samples
    /// @param workers who does the work; stays the caller's
    /// @param progress follows the training and may end it
    /// @throws IllegalArgumentException if the samples do not lie inside the segment, are fewer
    ///     than the centroids of a subspace, or could not be encoded
    /// @throws TrainingCancelledException if `progress` said so; the quantizer is as before then
    public void train(
            MemorySegment samples,
            long offset,
            long stride,
            int count,
            Workers workers,
            TrainingProgress progress) {
        try (PqTraining training = new PqTraining(config, samples, offset, stride, count)) {
            training.run(workers, progress);
            use(training.codebook());
        }
    }

    /// Observes vectors: keeps a uniform sample of them for [#retrain], at most 64 MB and
    /// `config().maxTrainingPoints()`, and measures how well the codebook fits them, see [#drift].
    ///
    /// The first call allocates; later ones do not. If one vector is refused, none was observed.
    @Override
    public void observeBatch(MemorySegment vectors, long offset, long stride, int count) {
        Vectors.checkRange("vectors", vectors, offset, stride, count, dimensions());
        for (int i = 0; i < count && count > 1; i++) {
            encoder.enter("vectors", vectors, offset + i * stride);
        }
        for (int i = 0; i < count; i++) {
            encoder.enter("vectors", vectors, offset + i * stride);
            if (observer == null) {
                observer = new PqObserver(config);
            }
            observer.observe(encoder, codebook);
        }
    }

    /// {@return vectors observed since the last training}
    public long observed() {
        return observer == null ? 0 : observer.sample().seen();
    }

    /// {@return off-heap bytes of the sample of what was observed, 0 before the first vector}
    public long observedBytes() {
        MemorySegment rows = observer == null ? null : observer.sample().rows();
        return rows == null ? 0 : rows.byteSize();
    }

    /// {@return how much worse the codebook fits what was observed than what it was trained on: the
    /// squared error of observed vectors, smoothed over the last 500, by the training error; NaN if
    /// nothing was observed or the training error is unknown or 0}
    ///
    /// Above 1.15 or so it is time for [#retrain].
    public double drift() {
        return observer == null ? Double.NaN : observer.drift(codebook);
    }

    /// Trains a new codebook, with an id of its own, on the sample of what was observed. Codes made
    /// before stay readable under the codebook they were made with, see [#codebook(long, long)].
    ///
    /// @param workers who does the work; stays the caller's
    /// @param progress follows the training and may end it
    /// @return the codebook in use from now on
    /// @throws IllegalStateException if fewer vectors were observed than a subspace has centroids
    /// @throws TrainingCancelledException if `progress` said so; the quantizer is as before then
    public Codebook retrain(Workers workers, TrainingProgress progress) {
        use(trainOnObserved(workers, progress));
        return codebook();
    }

    /// Trains a codebook on the sample of what was observed, and leaves the one in use in use: for
    /// those who have to do something before they go over to it by [#use].
    ///
    /// @param workers who does the work; stays the caller's
    /// @param progress follows the training and may end it
    /// @return the new codebook
    /// @throws IllegalStateException if fewer vectors were observed than a subspace has centroids
    /// @throws TrainingCancelledException if `progress` said so
    public Codebook trainOnObserved(Workers workers, TrainingProgress progress) {
        int size = observer == null ? 0 : observer.sample().size();
        if (size < config.centroids()) {
            throw new IllegalStateException(
                    "observed=%d vectors are fewer than centroids=%d"
                            .formatted(size, config.centroids()));
        }
        MemorySegment sample = observer.sample().rows();
        try (PqTraining training = new PqTraining(config, sample, 0, 4L * dimensions(), size)) {
            training.run(workers, progress);
            return training.codebook();
        }
    }

    /// Goes over to a codebook that was trained elsewhere. The one before stays readable under its
    /// id; observing begins anew.
    ///
    /// @param next the codebook, shared
    /// @throws IllegalArgumentException if it has another metric or shape than this quantizer
    public void use(Codebook next) {
        checkShape(next);
        Codebook before = codebook;
        if (before != null && !before.hasSameId(next)) {
            List<Codebook> kept = new ArrayList<>(earlier);
            kept.addFirst(before);
            earlier = List.copyOf(kept.subList(0, Math.min(kept.size(), KEPT)));
        }
        codebook = next;
        if (observer != null) {
            observer.clear();
        }
    }

    /// Refuses a codebook that this quantizer could not use.
    ///
    /// @param other the codebook
    /// @throws IllegalArgumentException if it has another metric or shape than this quantizer
    public void checkShape(Codebook other) {
        if (other.metric() != metric()
                || other.dimensions() != dimensions()
                || other.subspaces() != config.subspaces()
                || other.bits() != config.bits()) {
            throw new IllegalArgumentException(
                    "codebook: metric=%s dimensions=%d subspaces=%d bits=%d"
                                    .formatted(
                                            other.metric(),
                                            other.dimensions(),
                                            other.subspaces(),
                                            other.bits())
                            + " must be those of "
                            + config);
        }
    }

    /// {@return the codebook of this id: the one in use or one of the last eight before it; `null`
    /// if it is none of them}
    ///
    /// @param idHigh first half of the id
    /// @param idLow second half of the id
    public Codebook codebook(long idHigh, long idLow) {
        Codebook book = codebook;
        if (book != null && book.idHigh() == idHigh && book.idLow() == idLow) {
            return book;
        }
        for (Codebook each : earlier) {
            if (each.idHigh() == idHigh && each.idLow() == idLow) {
                return each;
            }
        }
        return null;
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
        encoder.encode(
                book, vectors, vectorsOffset, vectorStride, count, codes, codesOffset, codeStride);
    }

    /// Encodes `count` vectors with several threads; the codes are the same for any number of them.
    /// The first call with so many threads allocates their scratch, which the quantizer keeps;
    /// later ones allocate nothing.
    ///
    /// @param vectors what holds the vectors; of memory that all threads may touch, as the codes
    /// @param vectorsOffset byte offset of the first one
    /// @param vectorStride bytes from one vector to the next
    /// @param count number of vectors, at least 1
    /// @param codes receives the codes
    /// @param codesOffset byte offset of the first one
    /// @param codeStride bytes from one code to the next
    /// @param workers who does the work; stays the caller's
    /// @throws IllegalArgumentException as [#encode]; some codes are written then
    /// @throws IllegalStateException if the codec is not trained
    public void encodeBatch(
            MemorySegment vectors,
            long vectorsOffset,
            long vectorStride,
            int count,
            MemorySegment codes,
            long codesOffset,
            long codeStride,
            Workers workers) {
        Codebook book = codebook();
        Vectors.checkRange("vectors", vectors, vectorsOffset, vectorStride, count, dimensions());
        Vectors.checkRows("codes", codes, codesOffset, codeStride, count, codeSize());
        workers.checkAccess("vectors", vectors);
        workers.checkAccess("codes", codes);
        encodeJob.run(
                book,
                vectors,
                vectorsOffset,
                vectorStride,
                count,
                codes,
                codesOffset,
                codeStride,
                workers);
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
        codebook()
                .decodeBatch(
                        codes,
                        codesOffset,
                        codeStride,
                        count,
                        vectors,
                        vectorsOffset,
                        vectorStride);
    }

    /// {@return bytes of an ADC table: `4 * subspaces * centroids`}
    public long adcTableBytes() {
        return (4L * config.subspaces()) << config.bits();
    }

    /// Builds the table of asymmetric distances of one query: entry `m * centroids + k` is the
    /// distance of part m of the query to centroid k, so the distance of the query to a code is the
    /// sum of M entries, added in the order of m.
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
        encoder.enter("query", query, queryOffset);
        int part = dimensions() / config.subspaces();
        for (int m = 0; m < config.subspaces(); m++) {
            book.distances(m, encoder.staged(), 4L * m * part, scores);
            long line = tableOffset + m * book.lineBytes();
            MemorySegment.copy(scores, 0, table, FLOAT, line, scores.length);
        }
    }

    /// Distances of the query of an ADC table to `count` codes: sums of entries in the order of m.
    ///
    /// @param table holds what [#adcTable] wrote
    /// @param tableOffset byte offset of the table
    /// @param codes holds the codes
    /// @param codesOffset byte offset of the first one
    /// @param codeStride bytes from one code to the next
    /// @param count number of codes, at least 1
    /// @param out receives `count` distances from index 0
    /// @throws IllegalArgumentException if table or codes do not lie inside their segments
    /// @throws IndexOutOfBoundsException if `out` is too short
    /// @throws IllegalStateException if the quantizer is not trained
    public void adcDistances(
            MemorySegment table,
            long tableOffset,
            MemorySegment codes,
            long codesOffset,
            long codeStride,
            int count,
            float[] out) {
        Vectors.checkRows("table", table, tableOffset, 0, 1, adcTableBytes());
        Vectors.checkRows("codes", codes, codesOffset, codeStride, count, codeSize());
        Objects.checkFromIndexSize(0, count, out.length);
        codebook().tableDistances(table, tableOffset, codes, codesOffset, codeStride, count, out);
    }
}
