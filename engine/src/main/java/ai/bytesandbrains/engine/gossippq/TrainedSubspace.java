package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What came out of the training of one subspace: for a [CodebookMemo] to keep, and to hand back.
/// Immutable.
public final class TrainedSubspace {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final float[] centroids;
    private final double error;

    private TrainedSubspace(float[] centroids, double error) {
        this.centroids = centroids;
        this.error = error;
    }

    /// What a training might have given.
    ///
    /// @param centroids the components of all centroids, one centroid after the other; copied
    /// @param error mean squared distance of what it was trained from to its centroid
    /// @return the same as a value
    public static TrainedSubspace of(float[] centroids, double error) {
        return new TrainedSubspace(centroids.clone(), error);
    }

    /// Takes a copy.
    TrainedSubspace(MemorySegment centroids, long offset, int floats, double error) {
        this(centroids.asSlice(offset, 4L * floats).toArray(FLOAT), error);
    }

    /// Mean squared distance of what it was trained from to its centroid.
    double error() {
        return error;
    }

    void copyTo(MemorySegment out, long offset) {
        MemorySegment.copy(centroids, 0, out, FLOAT, offset, centroids.length);
    }
}
