package ai.bytesandbrains.engine.train;

import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Points to cluster, in memory of the caller: float32 vectors in native byte order, and a weight
/// for each if they do not count alike.
///
/// @param segment holds the points
/// @param offset byte offset of the first point
/// @param stride bytes from one point to the next
/// @param count number of points, at least 1
/// @param dimensions floats in a point, at least 1
/// @param weights holds a float32 for each point, positive and finite; `null` if all count 1
/// @param weightsOffset byte offset of the first weight
public record Points(
        MemorySegment segment,
        long offset,
        long stride,
        int count,
        int dimensions,
        MemorySegment weights,
        long weightsOffset) {
    /// Checks that points and weights lie inside their segments.
    ///
    /// @throws IllegalArgumentException if they do not
    public Points {
        Vectors.checkRange("points", segment, offset, stride, count, dimensions);
        if (weights != null) {
            Vectors.checkRows("weights", weights, weightsOffset, 0, 1, 4L * count);
        }
    }

    /// {@return points that count alike}
    ///
    /// @param segment holds the points
    /// @param offset byte offset of the first point
    /// @param stride bytes from one point to the next
    /// @param count number of points, at least 1
    /// @param dimensions floats in a point, at least 1
    /// @throws IllegalArgumentException if they do not lie inside the segment
    public static Points of(
            MemorySegment segment, long offset, long stride, int count, int dimensions) {
        return new Points(segment, offset, stride, count, dimensions, null, 0);
    }

    /// {@return the same points with weights}
    ///
    /// @param weights holds a float32 for each point, positive and finite
    /// @param weightsOffset byte offset of the first weight
    /// @throws IllegalArgumentException if they do not lie inside the segment
    public Points withWeights(MemorySegment weights, long weightsOffset) {
        return new Points(segment, offset, stride, count, dimensions, weights, weightsOffset);
    }

    long offsetOf(int i) {
        return offset + i * stride;
    }

    /// The weight of a point, checked.
    float weight(int i) {
        if (weights == null) {
            return 1;
        }
        float weight = weights.get(ValueLayout.JAVA_FLOAT_UNALIGNED, weightsOffset + 4L * i);
        if (!(weight > 0 && weight < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "weights[" + i + "]=" + weight + " must be positive and finite");
        }
        return weight;
    }
}
