package ai.bytesandbrains.engine.gossippq;

/// How many items of each origin a sample holds: an open hash table. Origins are not 0.
final class OriginCounts {
    private static final int FIRST_SIZE = 64;

    /// Origin in the upper half of a word, count in the lower; 0 where there is nothing. An origin
    /// whose items are gone keeps its place until the table is made anew.
    private long[] table = new long[FIRST_SIZE];

    private int used;

    void clear() {
        table = new long[FIRST_SIZE];
        used = 0;
    }

    int get(int origin) {
        return (int) table[find(table, origin)];
    }

    /// Counts one more; returns how many there are then.
    int increment(int origin) {
        int at = find(table, origin);
        if (table[at] == 0) {
            if (4 * (used + 1) > 3 * table.length) {
                rehash();
                at = find(table, origin);
            }
            table[at] = (long) origin << Integer.SIZE;
            used++;
        }
        return (int) ++table[at];
    }

    void decrement(int origin) {
        table[find(table, origin)]--;
    }

    private void rehash() {
        int live = 0;
        for (long entry : table) {
            live += (int) entry > 0 ? 1 : 0;
        }
        long[] larger = new long[Math.max(FIRST_SIZE, Integer.highestOneBit(live + 1) * 4)];
        for (long entry : table) {
            if ((int) entry > 0) {
                larger[find(larger, (int) (entry >>> Integer.SIZE))] = entry;
            }
        }
        table = larger;
        used = live;
    }

    private static int find(long[] table, int origin) {
        int at = (int) Hash.mix(origin) & (table.length - 1);
        while (table[at] != 0 && (int) (table[at] >>> Integer.SIZE) != origin) {
            at = (at + 1) & (table.length - 1);
        }
        return at;
    }
}
