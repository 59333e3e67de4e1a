package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.ProductQuantizer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Tells whether what a node observes still fits its codebook: the smoothed error of new vectors
/// against the error of the vectors that the node had when it got the codebook. Its own, since the
/// error of the whole network says little about a node whose data are of one kind.
final class DriftMeter {
    /// Observations that the error is smoothed over, and that there must have been.
    static final int WINDOW = 500;

    /// From which ratio on data have drifted.
    static final double LIMIT = 1.15;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Fewer rows say nothing; then the first observations are the measure.
    private static final int LEAST_ROWS = 50;

    private final Contribution rows;
    private final VectorSource source;
    private ProductQuantizer quantizer;
    private MemorySegment code;
    private MemorySegment decoded;
    private double baseline;
    private double smoothed;
    private long observed;

    DriftMeter(Contribution rows, VectorSource source) {
        this.rows = rows;
        this.source = source;
    }

    /// Begins to compare with a codebook.
    void start(Codebook codebook) {
        quantizer = new ProductQuantizer(codebook);
        code = Arena.ofAuto().allocate(codebook.codeSize());
        decoded = Arena.ofAuto().allocate(4L * codebook.dimensions(), 64);
        observed = 0;
        smoothed = 0;
        double sum = 0;
        int count = 0;
        int step = Math.max(1, source.rows() / WINDOW);
        for (int row = 0; row < source.rows(); row += step) {
            if (rows.load(row)) {
                sum += error(rows.vector(), 0);
                count++;
            }
        }
        baseline = count < LEAST_ROWS ? 0 : sum / count;
    }

    void observe(MemorySegment vector, long offset) {
        observed++;
        smoothed += (error(vector, offset) - smoothed) / Math.min(observed, WINDOW);
        if (baseline == 0 && observed == WINDOW) {
            baseline = smoothed;
        }
    }

    boolean isDrifted() {
        return observed >= WINDOW && baseline > 0 && smoothed > LIMIT * baseline;
    }

    private double error(MemorySegment vector, long offset) {
        Codebook codebook = quantizer.codebook();
        int dimensions = codebook.dimensions();
        quantizer.encodeBatch(vector, offset, 4L * dimensions, 1, code, 0, code.byteSize());
        codebook.decodeBatch(code, 0, code.byteSize(), 1, decoded, 0, decoded.byteSize());
        double sum = 0;
        for (int d = 0; d < dimensions; d++) {
            double x = vector.get(FLOAT, offset + 4L * d);
            double difference = x - decoded.get(FLOAT, 4L * d);
            sum += difference * difference;
        }
        return sum;
    }
}
