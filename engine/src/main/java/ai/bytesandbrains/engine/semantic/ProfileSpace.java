package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Profiles as rows of int8 components with a scale, and distances between them.
///
/// A row that comes from outside is checked, and what its scale has to be is computed here where
/// the metric says so: a unit vector cannot be made longer by a lie.
///
/// Not thread-safe, because of its scratch; allocates nothing.
final class ProfileSpace {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final long ALIGNMENT = 64;

    /// Times 127, squared and summed over all dimensions, it is still finite.
    private static final float LARGEST_SCALE = 1e12f;

    private final Metric metric;
    private final Int8Space space;
    private final int dimensions;
    private final int scaleOffset;
    private final MemorySegment floats;

    ProfileSpace(Metric metric, int dimensions, Arena arena) {
        this.metric = metric;
        this.dimensions = dimensions;
        space = new Int8Space(metric, dimensions);
        scaleOffset = Math.toIntExact(space.rowBytes()) - Float.BYTES;
        floats = arena.allocate(space.vectorBytes(), ALIGNMENT);
    }

    /// {@return bytes of a row, a multiple of 8}
    static int rowBytes(Metric metric, int dimensions) {
        long bytes = new Int8Space(metric, dimensions).rowBytes();
        return Math.toIntExact((bytes + Long.BYTES - 1) & -Long.BYTES);
    }

    int dimensions() {
        return dimensions;
    }

    long preparedBytes() {
        return (space.preparedBytes() + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /// Makes a row of a float vector.
    void store(MemorySegment vector, long vectorAt, MemorySegment row, long rowAt) {
        space.storeRow(vector, vectorAt, row, rowAt);
    }

    /// Completes a row of which the components have been copied from a message.
    ///
    /// @return false if it is not a vector of this space
    boolean complete(MemorySegment row, long rowAt, float scale) {
        int squares = 0;
        for (int d = 0; d < dimensions; d++) {
            int component = row.get(BYTE, rowAt + d);
            squares += component * component;
        }
        for (int d = dimensions; d < scaleOffset; d++) {
            row.set(BYTE, rowAt + d, (byte) 0);
        }
        boolean cosine = metric == Metric.COSINE;
        row.set(FLOAT, rowAt + scaleOffset, cosine ? (float) (1 / Math.sqrt(squares)) : scale);
        return cosine ? squares > 0 : scale > 0 && scale <= LARGEST_SCALE;
    }

    /// Copies the components of a row into a message.
    ///
    /// @return their scale
    float copyComponents(MemorySegment row, long rowAt, MemorySegment into, long offset) {
        MemorySegment.copy(row, rowAt, into, offset, dimensions);
        return row.get(FLOAT, rowAt + scaleOffset);
    }

    /// Brings a row into the form that others are compared with.
    void prepare(MemorySegment row, long rowAt, MemorySegment prepared, long preparedAt) {
        space.loadRow(row, rowAt, floats, 0);
        space.prepare(floats, 0, prepared, preparedAt);
    }

    /// Whether a finite vector can be compared at all: one without a direction has no cosine.
    boolean hasPlace(MemorySegment vector, long at) {
        if (metric != Metric.COSINE) {
            return true;
        }
        for (int d = 0; d < dimensions; d++) {
            if (vector.get(FLOAT, at + (long) d * Float.BYTES) != 0) {
                return true;
            }
        }
        return false;
    }

    /// Brings a float vector into that form.
    void prepareVector(MemorySegment vector, long at, MemorySegment prepared, long preparedAt) {
        space.prepare(vector, at, prepared, preparedAt);
    }

    float distance(MemorySegment prepared, long preparedAt, MemorySegment row, long rowAt) {
        return space.distancePrepared(prepared, preparedAt, row, rowAt);
    }

    /// A distance that obeys the triangle inequality, which pruning compares: L2 instead of its
    /// square, and the chord instead of the cosine distance.
    float trueDistance(float distance) {
        float squared = metric == Metric.COSINE ? 2 * distance : distance;
        return (float) Math.sqrt(Math.max(squared, 0));
    }
}
