package ai.bytesandbrains.engine.overlay;

/// Finds the slot of a short id: open addressing with linear probing, at most half full, one word
/// an entry.
///
/// ```
///   half of the hashed id 4, slot + 1 4
/// ```
///
/// An entry does not hold the id, which is in the slot's record already, but 32 bits of it: those
/// of another id seldom fit, and then the record tells. So eight entries share a cache line, and
/// the record is what the caller wants next anyway. Deletion shifts the following entries back
/// (Knuth, The Art of Computer Programming 3, section 6.4, algorithm R): nothing is left behind.
///
/// Of fixed size, owned by the table; for one thread.
final class PeerIndex {

    static final int ABSENT = -1;

    private static final int TAG_SHIFT = 32;

    /// Of the golden ratio: the upper bits of the product depend on all bits of the id (Knuth,
    /// section 6.4).
    private static final long HASH_FACTOR = 0x9E3779B97F4A7C15L;

    private final PeerRecords records;
    private final long[] entries;
    private final int mask;
    private final int shift;

    /// An empty index.
    ///
    /// @param entries from [#entriesFor], the index's from now on
    /// @param records what the slots are of; stays the caller's
    PeerIndex(long[] entries, PeerRecords records) {
        this.entries = entries;
        this.records = records;
        mask = entries.length - 1;
        shift = Long.numberOfLeadingZeros(mask);
    }

    /// The memory of an index.
    ///
    /// @param capacity the most ids it will hold
    static long[] entriesFor(int capacity) {
        return new long[4 * Integer.highestOneBit(capacity)];
    }

    long bytes() {
        return (long) entries.length * Long.BYTES;
    }

    /// The position of an id, or of the free entry where it would go.
    int find(long id) {
        long hash = id * HASH_FACTOR;
        int position = (int) (hash >>> shift);
        long entry = entries[position];
        while (entry != 0 && !isOf(entry, hash, id)) {
            position = (position + 1) & mask;
            entry = entries[position];
        }
        return position;
    }

    /// The slot at a position that [#find] gave, or [#ABSENT] of a free one.
    int slotAt(int position) {
        return (int) entries[position] - 1;
    }

    /// Fills a free entry that [#find] gave for this id.
    void put(int position, long id, int slot) {
        entries[position] = ((id * HASH_FACTOR) << TAG_SHIFT) | (slot + 1);
    }

    /// Takes an id out that is there; its record is as it was.
    void remove(long id) {
        int hole = find(id);
        int next = (hole + 1) & mask;
        for (long entry = entries[next]; entry != 0; entry = entries[next]) {
            int home = (int) ((records.shortId((int) entry - 1) * HASH_FACTOR) >>> shift);
            // An entry may move into the hole unless its home lies cyclically in (hole, next].
            if (((next - home) & mask) >= ((next - hole) & mask)) {
                entries[hole] = entry;
                hole = next;
            }
            next = (next + 1) & mask;
        }
        entries[hole] = 0;
    }

    private boolean isOf(long entry, long hash, long id) {
        return (int) (entry >>> TAG_SHIFT) == (int) hash && records.shortId((int) entry - 1) == id;
    }
}
