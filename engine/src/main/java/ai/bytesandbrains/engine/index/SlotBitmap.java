package ai.bytesandbrains.engine.index;

import java.util.Arrays;

/// A filter that holds one bit for each slot of an index.
///
/// Build one through [Index#slotOf]: `bitmap.set(index.slotOf(id))`. An entry keeps its slot until
/// it is removed, upserts included; then the slot can go to another entry. So a bitmap is exact as
/// long as nothing is removed that it names; where ids come and go, use [RowFilter#byId].
///
/// A scan leaves out blocks of 64 slots of which no bit is set, so a selective bitmap is faster
/// than a predicate.
///
/// **Threads.** Searches only read; do not change a bitmap while a search uses it.
/// **Allocation.** Only where [#set] goes beyond all earlier slots.
public final class SlotBitmap implements RowFilter {
    private long[] words;

    /// An empty bitmap with room for `slots` slots; it grows where more are set.
    ///
    /// @param slots number of slots, not negative
    /// @throws IllegalArgumentException if `slots` is negative
    public SlotBitmap(int slots) {
        if (slots < 0) {
            throw new IllegalArgumentException("slots=" + slots + " must not be negative");
        }
        words = new long[(int) ((slots + 63L) >>> 6)];
    }

    /// Lets the entry of a slot pass.
    ///
    /// @param slot the slot
    /// @throws IllegalArgumentException if `slot` is negative, as [Index#slotOf] returns it for an
    ///     id that is not there
    public void set(int slot) {
        if (slot < 0) {
            throw new IllegalArgumentException("slot=" + slot + " must not be negative");
        }
        int word = slot >>> 6;
        if (word >= words.length) {
            long grown = Math.max(word + 1L, words.length + (words.length >>> 1));
            words = Arrays.copyOf(words, (int) grown);
        }
        words[word] |= 1L << slot;
    }

    /// Lets the entry of a slot pass no more; does nothing for a number that is not a slot.
    ///
    /// @param slot the slot
    public void unset(int slot) {
        if (slot >= 0 && slot >>> 6 < words.length) {
            words[slot >>> 6] &= ~(1L << slot);
        }
    }

    /// Lets no entry pass.
    public void clear() {
        Arrays.fill(words, 0);
    }

    /// {@return whether the entry of a slot passes; false for a number that is not a slot}
    ///
    /// @param slot any number
    public boolean get(int slot) {
        return slot >= 0 && (word(slot >>> 6) & 1L << slot) != 0;
    }

    /// {@return how many slots pass}
    public int count() {
        int count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        return count;
    }

    @Override
    public boolean accepts(long id, int slot) {
        return get(slot);
    }

    /// The bits of one block of 64 slots.
    long word(int block) {
        return block < words.length ? words[block] : 0;
    }
}
