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

    /// Rows that are looked at in a step.
    private static final int ROWS_PER_STEP = 4;

    private final RowReader rows;
    private ProductQuantizer quantizer;
    private MemorySegment code;
    private MemorySegment decoded;
    private double baseline;
    private double sum;
    private int count;
    private int stride;
    private long next;
    private int end;
    private double smoothed;
    private long observed;

    DriftMeter(RowReader rows) {
        this.rows = rows;
    }

    /// Begins to compare with a codebook.
    void start(Codebook codebook) {
        quantizer = new ProductQuantizer(codebook);
        code = Arena.ofAuto().allocate(codebook.codeSize());
        decoded = Arena.ofAuto().allocate(4L * codebook.dimensions(), 64);
        observed = 0;
        smoothed = 0;
        baseline = 0;
        sum = 0;
        count = 0;
        next = 0;
        end = rows.rows();
        stride = Math.max(1, end / WINDOW);
    }

    /// Ends comparing.
    void stop() {
        end = 0;
    }

    /// Whether the node's own rows are all measured.
    boolean isDone() {
        return next >= end;
    }

    /// Measures some of the node's own rows.
    void step() {
        for (int i = 0; i < ROWS_PER_STEP && !isDone(); i++) {
            if (rows.read((int) next)) {
                sum += error(rows.vector(), 0);
                count++;
            }
            next += stride;
        }
        if (isDone() && count >= LEAST_ROWS) {
            baseline = sum / count;
        }
    }

    void observe(MemorySegment vector, long offset) {
        observed++;
        smoothed += (error(vector, offset) - smoothed) / Math.min(observed, WINDOW);
        if (baseline == 0 && observed >= WINDOW && isDone()) {
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
        double error = 0;
        for (int d = 0; d < dimensions; d++) {
            double x = vector.get(FLOAT, offset + 4L * d);
            double difference = x - decoded.get(FLOAT, 4L * d);
            error += difference * difference;
        }
        return error;
    }
}
