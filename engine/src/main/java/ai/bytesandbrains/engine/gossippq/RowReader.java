package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Reads the vectors of a node one at a time, as the codebook is to see them: finite, and of unit
/// length for cosine.
final class RowReader {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final VectorSource source;
    private final Metric metric;
    private final int dimensions;
    private final MemorySegment vector;

    RowReader(GossipPqConfig config, VectorSource source, Arena arena) {
        this.source = source;
        metric = config.metric();
        dimensions = config.dimensions();
        vector = arena.allocate(4L * dimensions, 64);
    }

    int rows() {
        return source.rows();
    }

    /// The vector that was read last.
    MemorySegment vector() {
        return vector;
    }

    /// Reads a row; returns false if there is none, or none to learn from.
    boolean read(int row) {
        if (!source.copy(row, vector)) {
            return false;
        }
        double sum = 0;
        for (int d = 0; d < dimensions; d++) {
            double x = vector.get(FLOAT, 4L * d);
            sum += x * x;
        }
        if (!Double.isFinite(sum) || (sum == 0 && metric == Metric.COSINE)) {
            return false;
        }
        if (metric == Metric.COSINE) {
            double factor = 1 / Math.sqrt(sum);
            for (int d = 0; d < dimensions; d++) {
                vector.set(FLOAT, 4L * d, (float) (vector.get(FLOAT, 4L * d) * factor));
            }
        }
        return true;
    }
}
