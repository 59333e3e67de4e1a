package ai.bytesandbrains.engine.space;

/// The one order of distances that all of the engine sorts by.
///
/// It is total: smaller before larger, `-0.0` before `0.0`, and NaN, whatever its bits, after
/// positive infinity and equal to itself. All methods are pure and allocate nothing.
public final class Distances {
    private Distances() {}

    /// Compares two distances: negative, 0 or positive like a comparator.
    ///
    /// @param a a distance
    /// @param b another
    /// @return negative, 0 or positive like a comparator
    public static int compare(float a, float b) {
        return Integer.compare(sortableBits(a), sortableBits(b));
    }

    /// Maps a distance to an `int` whose signed order is the order of distances, so that a heap can
    /// compare and store plain integers.
    ///
    /// @param distance any float
    /// @return an `int` that orders like the distance
    public static int sortableBits(float distance) {
        int bits = Float.floatToIntBits(distance);
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    /// {@return the distance that [#sortableBits] was made of; every NaN comes back as the
    /// canonical one}
    ///
    /// @param sortable what [#sortableBits] returned
    public static float fromSortableBits(int sortable) {
        return Float.intBitsToFloat(sortable ^ ((sortable >> 31) & Integer.MAX_VALUE));
    }
}
