package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.op.Workers;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The arguments of one encoding by several threads, and an encoder for each of them; kept and used
/// again.
final class EncodeJob implements Workers.Task {
    /// Vectors that a thread encodes at a time.
    private static final int PART = 1024;

    private final PqConfig config;

    /// Those of the threads beside the caller, from index 1.
    private PqEncoder[] encoders;

    private Codebook book;
    private MemorySegment vectors;
    private long vectorsOffset;
    private long vectorStride;
    private int count;
    private MemorySegment codes;
    private long codesOffset;
    private long codeStride;

    /// A job whose calling thread has this encoder.
    EncodeJob(PqConfig config, PqEncoder callers) {
        this.config = config;
        encoders = new PqEncoder[] {callers};
    }

    /// Encodes vectors whose memory has been checked.
    void run(
            Codebook codebook,
            MemorySegment from,
            long fromOffset,
            long fromStride,
            int many,
            MemorySegment to,
            long toOffset,
            long toStride,
            Workers workers) {
        int threads = encoders.length;
        if (threads < workers.count()) {
            encoders = Arrays.copyOf(encoders, workers.count());
            for (int i = threads; i < encoders.length; i++) {
                encoders[i] = new PqEncoder(config);
            }
        }
        book = codebook;
        vectors = from;
        vectorsOffset = fromOffset;
        vectorStride = fromStride;
        count = many;
        codes = to;
        codesOffset = toOffset;
        codeStride = toStride;
        try {
            workers.run(many / PART + (many % PART == 0 ? 0 : 1), this);
        } finally {
            book = null;
            vectors = null;
            codes = null;
        }
    }

    @Override
    public void run(int part, int worker) {
        int first = part * PART;
        encoders[worker].encode(
                book,
                vectors,
                vectorsOffset + first * vectorStride,
                vectorStride,
                Math.min(PART, count - first),
                codes,
                codesOffset + first * codeStride,
                codeStride);
    }
}
