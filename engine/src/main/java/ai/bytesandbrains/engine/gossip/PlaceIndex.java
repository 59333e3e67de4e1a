package ai.bytesandbrains.engine.gossip;

import java.util.Arrays;

/// Finds handles in an array: open addressing over their places, at most an eighth full, so that
/// most searches end at the first look. Scratch of a merge, filled anew each time; nothing is ever
/// taken out.
///
/// Each entry says in which merge it was put in, which saves clearing them all.
final class PlaceIndex {

    private static final int SLOTS_PER_HANDLE = 8;
    private static final int MERGE_SHIFT = 32;

    /// Of the golden ratio: spreads consecutive slots of a table (Knuth, The Art of Computer
    /// Programming 3, section 6.4).
    private static final int HASH_FACTOR = 0x9E3779B9;

    /// The merge's number and the place.
    private final long[] entries;

    private final int shift;
    private int merge;

    /// @param most how many handles are put in at the most
    PlaceIndex(int most) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(SLOTS_PER_HANDLE * most - 1);
        entries = new long[1 << bits];
        shift = Integer.SIZE - bits;
    }

    void clear() {
        merge++;
        if (merge == 0) {
            Arrays.fill(entries, 0);
            merge = 1;
        }
    }

    /// Remembers where a handle is; it must not have been put in before.
    void put(long[] peers, int place) {
        int slot = slotOf(peers[place]);
        while (isUsed(entries[slot])) {
            slot = (slot + 1) & (entries.length - 1);
        }
        entries[slot] = (long) merge << MERGE_SHIFT | place;
    }

    /// {@return where a handle is, -1 if it was not put in}
    int get(long[] peers, long peer) {
        int slot = slotOf(peer);
        while (isUsed(entries[slot])) {
            int place = (int) entries[slot];
            if (peers[place] == peer) {
                return place;
            }
            slot = (slot + 1) & (entries.length - 1);
        }
        return -1;
    }

    private boolean isUsed(long entry) {
        return (int) (entry >>> MERGE_SHIFT) == merge;
    }

    private int slotOf(long peer) {
        return ((int) peer * HASH_FACTOR) >>> shift;
    }
}
