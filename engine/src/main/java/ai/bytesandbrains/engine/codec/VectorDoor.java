package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.MemorySegment;

/// What happens to a vector at the door of a quantizer: it is copied and checked, and for the
/// cosine scaled to length 1.
final class VectorDoor {
    private VectorDoor() {}

    static void enter(
            Metric metric,
            int dimensions,
            String name,
            MemorySegment vector,
            long offset,
            MemorySegment staged,
            long stagedOffset) {
        MemorySegment.copy(vector, offset, staged, stagedOffset, 4L * dimensions);
        if (metric == Metric.COSINE) {
            Vectors.normalise(name, staged, stagedOffset, dimensions, staged, stagedOffset);
        } else {
            Vectors.checkFinite(name, staged, stagedOffset, dimensions);
        }
    }
}
