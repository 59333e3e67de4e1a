package ai.bytesandbrains.engine.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The cluster kernels on the Vector API: lanes are points.
///
/// Four vectors of points meet two centroids at a time: eight independent chains hide the latency
/// of the fused multiply-add, and a component that is loaded serves both centroids. Scores are
/// compared as whole numbers, whose minima and maxima take any of a processor's vector units;
/// comparisons and blends, of which the centroid's number needs one each, often only those that
/// multiply.
///
/// Loops go by address (`do ... while (line != end)`): they are short, and C2 would put a costly
/// range check before counted ones.
final class VectorClusters implements ClusterKernels {
    private static final VectorSpecies<Float> SPECIES = VectorShapes.FLOATS;
    private static final VectorSpecies<Integer> INTS = VectorShapes.INTS;
    private static final int LANES = SPECIES.length();
    private static final int GROUP = 4 * LANES;
    private static final long VECTOR_BYTES = 4L * LANES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    VectorClusters() {}

    @Override
    public void nearestTwo(
            MemorySegment lines,
            long linesOffset,
            long lineStride,
            int count,
            int dimensions,
            MemorySegment centroids,
            long centroidsOffset,
            int clusters,
            float shift,
            int[] nearest,
            float[] gaps) {
        for (int i = 0; i < count; i += GROUP) {
            nearestOfFour(
                    lines,
                    linesOffset + 4L * i,
                    lineStride,
                    dimensions,
                    centroids,
                    centroidsOffset,
                    clusters,
                    shift,
                    nearest,
                    gaps,
                    i);
        }
    }

    /// Points of four vectors' width.
    private static void nearestOfFour(
            MemorySegment lines,
            long linesOffset,
            long lineStride,
            int dimensions,
            MemorySegment centroids,
            long centroidsOffset,
            int clusters,
            float shift,
            int[] nearest,
            float[] gaps,
            int outIndex) {
        IntVector b0 = IntVector.broadcast(INTS, Integer.MAX_VALUE);
        IntVector b1 = b0;
        IntVector b2 = b0;
        IntVector b3 = b0;
        IntVector s0 = b0;
        IntVector s1 = b0;
        IntVector s2 = b0;
        IntVector s3 = b0;
        IntVector n0 = IntVector.zero(INTS);
        IntVector n1 = n0;
        IntVector n2 = n0;
        IntVector n3 = n0;
        long rowBytes = 4L * dimensions + Float.BYTES;
        long row = centroidsOffset;
        long end = linesOffset + dimensions * lineStride;
        int k = 0;
        do {
            FloatVector p0 = FloatVector.broadcast(SPECIES, centroids.get(FLOAT, row) + shift);
            FloatVector p1 = p0;
            FloatVector p2 = p0;
            FloatVector p3 = p0;
            FloatVector q0 =
                    FloatVector.broadcast(SPECIES, centroids.get(FLOAT, row + rowBytes) + shift);
            FloatVector q1 = q0;
            FloatVector q2 = q0;
            FloatVector q3 = q0;
            long line = linesOffset;
            do {
                row += Float.BYTES;
                FloatVector x0 = load(lines, line);
                FloatVector x1 = load(lines, line + VECTOR_BYTES);
                FloatVector x2 = load(lines, line + 2 * VECTOR_BYTES);
                FloatVector x3 = load(lines, line + 3 * VECTOR_BYTES);
                FloatVector c = splat(centroids, row);
                FloatVector e = splat(centroids, row + rowBytes);
                p0 = x0.fma(c, p0);
                p1 = x1.fma(c, p1);
                p2 = x2.fma(c, p2);
                p3 = x3.fma(c, p3);
                q0 = x0.fma(e, q0);
                q1 = x1.fma(e, q1);
                q2 = x2.fma(e, q2);
                q3 = x3.fma(e, q3);
                line += lineStride;
            } while (line != end);
            row += Float.BYTES + rowBytes;
            // Of the score and the best so far, the larger one contends for the second place.
            IntVector key = p0.reinterpretAsInts();
            n0 = n0.blend(k, key.lt(b0));
            s0 = s0.min(b0.max(key));
            b0 = b0.min(key);
            key = p1.reinterpretAsInts();
            n1 = n1.blend(k, key.lt(b1));
            s1 = s1.min(b1.max(key));
            b1 = b1.min(key);
            key = p2.reinterpretAsInts();
            n2 = n2.blend(k, key.lt(b2));
            s2 = s2.min(b2.max(key));
            b2 = b2.min(key);
            key = p3.reinterpretAsInts();
            n3 = n3.blend(k, key.lt(b3));
            s3 = s3.min(b3.max(key));
            b3 = b3.min(key);
            key = q0.reinterpretAsInts();
            n0 = n0.blend(k + 1, key.lt(b0));
            s0 = s0.min(b0.max(key));
            b0 = b0.min(key);
            key = q1.reinterpretAsInts();
            n1 = n1.blend(k + 1, key.lt(b1));
            s1 = s1.min(b1.max(key));
            b1 = b1.min(key);
            key = q2.reinterpretAsInts();
            n2 = n2.blend(k + 1, key.lt(b2));
            s2 = s2.min(b2.max(key));
            b2 = b2.min(key);
            key = q3.reinterpretAsInts();
            n3 = n3.blend(k + 1, key.lt(b3));
            s3 = s3.min(b3.max(key));
            b3 = b3.min(key);
            k += 2;
        } while (k != clusters);
        n0.intoArray(nearest, outIndex);
        n1.intoArray(nearest, outIndex + LANES);
        n2.intoArray(nearest, outIndex + 2 * LANES);
        n3.intoArray(nearest, outIndex + 3 * LANES);
        s0.reinterpretAsFloats().sub(b0.reinterpretAsFloats()).intoArray(gaps, outIndex);
        s1.reinterpretAsFloats().sub(b1.reinterpretAsFloats()).intoArray(gaps, outIndex + LANES);
        s2.reinterpretAsFloats()
                .sub(b2.reinterpretAsFloats())
                .intoArray(gaps, outIndex + 2 * LANES);
        s3.reinterpretAsFloats()
                .sub(b3.reinterpretAsFloats())
                .intoArray(gaps, outIndex + 3 * LANES);
    }

    @Override
    public void approach(
            MemorySegment lines,
            long linesOffset,
            long lineStride,
            int count,
            int dimensions,
            MemorySegment centre,
            long centreOffset,
            MemorySegment distances,
            long distancesOffset,
            MemorySegment weights,
            long weightsOffset,
            float[] sums) {
        for (int i = 0; i < count; i += GROUP) {
            approachFour(
                    lines,
                    linesOffset + 4L * i,
                    lineStride,
                    dimensions,
                    centre,
                    centreOffset,
                    distances,
                    distancesOffset + 4L * i);
        }
        for (int i = 0; i < count; i += LANES) {
            addUp(
                    distances,
                    distancesOffset + 4L * i,
                    weights,
                    weightsOffset + 4L * i,
                    sums,
                    i & (POINTS - 1));
        }
    }

    /// Points of four vectors' width.
    private static void approachFour(
            MemorySegment lines,
            long linesOffset,
            long lineStride,
            int dimensions,
            MemorySegment centre,
            long centreOffset,
            MemorySegment distances,
            long at) {
        FloatVector a0 = FloatVector.zero(SPECIES);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        long line = linesOffset;
        long component = centreOffset;
        long end = linesOffset + dimensions * lineStride;
        do {
            FloatVector c = splat(centre, component);
            FloatVector d0 = load(lines, line).sub(c);
            FloatVector d1 = load(lines, line + VECTOR_BYTES).sub(c);
            FloatVector d2 = load(lines, line + 2 * VECTOR_BYTES).sub(c);
            FloatVector d3 = load(lines, line + 3 * VECTOR_BYTES).sub(c);
            a0 = d0.fma(d0, a0);
            a1 = d1.fma(d1, a1);
            a2 = d2.fma(d2, a2);
            a3 = d3.fma(d3, a3);
            line += lineStride;
            component += Float.BYTES;
        } while (line != end);
        FloatVector b0 = load(distances, at);
        FloatVector b1 = load(distances, at + VECTOR_BYTES);
        FloatVector b2 = load(distances, at + 2 * VECTOR_BYTES);
        FloatVector b3 = load(distances, at + 3 * VECTOR_BYTES);
        b0.blend(a0, a0.lt(b0)).intoMemorySegment(distances, at, ORDER);
        b1.blend(a1, a1.lt(b1)).intoMemorySegment(distances, at + VECTOR_BYTES, ORDER);
        b2.blend(a2, a2.lt(b2)).intoMemorySegment(distances, at + 2 * VECTOR_BYTES, ORDER);
        b3.blend(a3, a3.lt(b3)).intoMemorySegment(distances, at + 3 * VECTOR_BYTES, ORDER);
    }

    private static void addUp(
            MemorySegment distances,
            long at,
            MemorySegment weights,
            long weightsAt,
            float[] sums,
            int sum) {
        FloatVector weighted = load(weights, weightsAt).mul(load(distances, at));
        FloatVector.fromArray(SPECIES, sums, sum).add(weighted).intoArray(sums, sum);
    }

    private static FloatVector load(MemorySegment segment, long offset) {
        return FloatVector.fromMemorySegment(SPECIES, segment, offset, ORDER);
    }

    private static FloatVector splat(MemorySegment segment, long offset) {
        return FloatVector.broadcast(SPECIES, segment.get(FLOAT, offset));
    }
}
