package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.SlotTable;

/// What a scan found in the run at hand, kept back until the run is known to be sound, and where it
/// goes then: the k nearest, or all within a radius.
final class Candidates {
    private final int[] slots;
    private final long[] ids;
    private final float[] distances;
    private int count;
    private Neighbours nearest;
    private RangeResult within;

    /// Room for all slots of a run of `maxBlocks` blocks.
    Candidates(int maxBlocks) {
        int room = maxBlocks * SlotTable.BLOCK;
        slots = new int[room];
        ids = new long[room];
        distances = new float[room];
    }

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
        for (int i = 0; i < count; i++) {
            hand(i);
        }
        count = 0;
    }

    /// Hands on all candidates but those of some blocks, and forgets these.
    ///
    /// @param firstSlot of the run
    /// @param blocks one bit for each block of the run that is not to be trusted
    void keepBut(int firstSlot, int blocks) {
        for (int i = 0; i < count; i++) {
            if (((blocks >>> ((slots[i] - firstSlot) / SlotTable.BLOCK)) & 1) == 0) {
                hand(i);
            }
        }
        count = 0;
    }

    private void hand(int i) {
        if (nearest != null) {
            nearest.offer(distances[i], ids[i]);
        } else {
            within.offer(distances[i], ids[i]);
        }
    }
}
