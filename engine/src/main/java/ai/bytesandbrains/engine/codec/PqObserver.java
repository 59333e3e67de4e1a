package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.train.Reservoir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What a quantizer has observed since its last training: a sample of the vectors, and how well the
/// codebook fits them.
final class PqObserver {
    /// Observations that the error is smoothed over.
    static final int WINDOW = 500;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final long MAX_BYTES = 64L << 20;

    private final PqConfig config;
    private final Reservoir sample;
    private final MemorySegment code;
    private final MemorySegment decoded;
    private double smoothedError;
    private long measured;

    PqObserver(PqConfig config) {
        this.config = config;
        long fitting = MAX_BYTES / (4L * config.dimensions());
        int most = Math.max(config.centroids(), config.maxTrainingPoints());
        int capacity = (int) Math.clamp(fitting, (long) config.centroids(), (long) most);
        sample = new Reservoir(capacity, config.dimensions(), config.seed());
        code = Arena.ofAuto().allocate(config.codeSize());
        decoded = Arena.ofAuto().allocate(4L * config.dimensions(), RowStore.ALIGNMENT);
    }

    /// Observes the vector that the encoder has taken in.
    ///
    /// @param book the codebook in use, `null` if there is none
    void observe(PqEncoder encoder, Codebook book) {
        sample.offer(encoder.staged(), 0);
        if (book != null) {
            encoder.encodeStaged(book, code, 0);
            book.decodeBatch(code, 0, code.byteSize(), 1, decoded, 0, decoded.byteSize());
            double error = 0;
            for (int d = 0; d < config.dimensions(); d++) {
                double x = encoder.staged().get(FLOAT, 4L * d);
                double difference = x - decoded.get(FLOAT, 4L * d);
                error += difference * difference;
            }
            measured++;
            smoothedError += (error - smoothedError) / Math.min(measured, WINDOW);
        }
    }

    Reservoir sample() {
        return sample;
    }

    /// {@return smoothed error by training error, NaN where there is no such thing}
    double drift(Codebook book) {
        double expected = book == null ? Double.NaN : book.trainingError();
        return measured > 0 && expected > 0 ? smoothedError / expected : Double.NaN;
    }

    /// Begins anew, for another codebook.
    void clear() {
        sample.clear();
        smoothedError = 0;
        measured = 0;
    }
}
