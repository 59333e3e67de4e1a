package ai.bytesandbrains.engine.gossip;

import java.util.Arrays;

/// Finds handles in an array: open addressing over their places, at most half full. Scratch of a
/// merge, filled anew each time; nothing is ever taken out.
final class PlaceIndex {

    private static final int EMPTY = 0;

    /// Of the golden ratio: spreads consecutive slots of a table (Knuth, The Art of Computer
    /// Programming 3, section 6.4).
    private static final int HASH_FACTOR = 0x9E3779B9;

    private final int[] slots;
    private final int shift;

    /// @param most how many handles are put in at the most
    PlaceIndex(int most) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(2 * most - 1);
        slots = new int[1 << bits];
        shift = Integer.SIZE - bits;
    }

    void clear() {
        Arrays.fill(slots, EMPTY);
    }

    /// Remembers where a handle is; it must not have been put in before.
    void put(long[] peers, int place) {
        int slot = slotOf(peers[place]);
        while (slots[slot] != EMPTY) {
            slot = (slot + 1) & (slots.length - 1);
        }
        slots[slot] = place + 1;
    }

    /// {@return where a handle is, -1 if it was not put in}
    int get(long[] peers, long peer) {
        int slot = slotOf(peer);
        while (slots[slot] != EMPTY) {
            int place = slots[slot] - 1;
            if (peers[place] == peer) {
                return place;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        return -1;
    }

    private int slotOf(long peer) {
        return ((int) peer * HASH_FACTOR) >>> shift;
    }
}
