package ai.bytesandbrains.engine.index;

import java.util.List;
import java.util.Locale;

/// What an index costs off-heap, part by part: asked for before it is built, or of one that is
/// there.
///
/// Plans are exact for an index that was given its room by [Index#reserve] and has not shrunk: they
/// count the chunks and pages that will be allocated, not the payload alone.
///
/// @param entries how many entries the plan is for
/// @param parts what the memory is used for
public record MemoryPlan(long entries, List<Part> parts) {
    /// One use of memory.
    ///
    /// @param name what for
    /// @param bytes how much
    public record Part(String name, long bytes) {
        @Override
        public String toString() {
            return name + '=' + bytes;
        }
    }

    /// Keeps a copy of the parts.
    ///
    /// @throws IllegalArgumentException if `entries` is negative
    public MemoryPlan {
        checkEntries(entries);
        parts = List.copyOf(parts);
    }

    /// {@return all bytes together}
    public long bytes() {
        return parts.stream().mapToLong(Part::bytes).sum();
    }

    /// {@return bytes an entry; NaN for a plan without entries}
    public double bytesPerEntry() {
        return entries == 0 ? Double.NaN : (double) bytes() / entries;
    }

    /// Refuses a plan that does not fit a budget.
    ///
    /// @param budgetBytes how many bytes there are
    /// @return this plan
    /// @throws IllegalArgumentException with all numbers, if the plan needs more
    public MemoryPlan within(long budgetBytes) {
        if (bytes() > budgetBytes) {
            throw new IllegalArgumentException(
                    "budgetBytes=" + budgetBytes + " is less than " + this);
        }
        return this;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "bytes=%d for entries=%d (%.1f an entry: %s)",
                bytes(),
                entries,
                bytesPerEntry(),
                parts);
    }

    static void checkEntries(long entries) {
        if (entries < 0 || entries > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "entries=" + entries + " must be between 0 and " + Integer.MAX_VALUE);
        }
    }
}
