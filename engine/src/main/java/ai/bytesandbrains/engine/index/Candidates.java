package ai.bytesandbrains.engine.index;

/// What a scan found in the run at hand, kept back until the run is known to be sound, and where it
/// goes then: the k nearest, or all within a radius.
final class Candidates {
    private final int[] slots = new int[Runs.MAX_SLOTS];
    private final long[] ids = new long[Runs.MAX_SLOTS];
    private final float[] distances = new float[Runs.MAX_SLOTS];
    private int count;
    private Neighbours nearest;
    private RangeResult within;

    void into(Neighbours out) {
        nearest = out;
        within = null;
        count = 0;
    }

    void into(RangeResult out) {
        nearest = null;
        within = out;
        count = 0;
    }

    /// No distance above this is of use; NaN while all are.
    float bound() {
        return nearest != null ? nearest.worst() : within.radius();
    }

    void add(int slot, long id, float distance) {
        slots[count] = slot;
        ids[count] = id;
        distances[count++] = distance;
    }

    /// Hands all candidates on.
    void keep() {
        keep(0, Integer.MAX_VALUE);
        count = 0;
    }

    /// Hands on the candidates of the slots from `from` to `to - 1`; they stay candidates.
    void keep(int from, int to) {
        for (int i = 0; i < count; i++) {
            if (slots[i] >= from && slots[i] < to) {
                if (nearest != null) {
                    nearest.offer(distances[i], ids[i]);
                } else {
                    within.offer(distances[i], ids[i]);
                }
            }
        }
    }

    void drop() {
        count = 0;
    }
}
