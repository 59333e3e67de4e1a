package ai.bytesandbrains.engine.index;

import java.util.Objects;
import java.util.function.LongPredicate;

/// Which entries of an index a search may find.
///
/// A filter is asked as late as possible: only about entries that are near enough to matter, at
/// most once a scan for each, or once more if the entry was written meanwhile. What a search
/// returns is exact however few entries pass. A [SlotBitmap] is the form that a scan can use to
/// leave out whole blocks of entries.
///
/// Filters are called from the threads that search, must not change the index, and should not
/// allocate.
@FunctionalInterface
public interface RowFilter {
    /// The filter that lets all entries pass.
    RowFilter ALL = (id, slot) -> true;

    /// {@return whether a search may find this entry}
    ///
    /// @param id the external id
    /// @param slot the slot of the entry, see [Index#slotOf]; -1 from an index without slots
    boolean accepts(long id, int slot);

    /// {@return a filter that asks for ids alone}
    ///
    /// @param ids what to ask
    static RowFilter byId(LongPredicate ids) {
        Objects.requireNonNull(ids, "ids");
        return (id, slot) -> ids.test(id);
    }
}
