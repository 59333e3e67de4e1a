package ai.bytesandbrains.codecs.sbe;

import java.util.concurrent.atomic.AtomicLongArray;

/// How many frames were dropped, by reason. Written by one thread, readable by all.
public final class DropCounters {

    private static final int REASONS = DropReason.values().length;

    private final AtomicLongArray counts = new AtomicLongArray(REASONS);

    /// Makes counters at zero.
    public DropCounters() {}

    /// Counts a dropped frame.
    ///
    /// @param reason why
    @SuppressWarnings("EnumOrdinal") // The array never leaves this class.
    public void increment(DropReason reason) {
        int index = reason.ordinal();
        counts.setRelease(index, counts.getPlain(index) + 1);
    }

    /// {@return how many frames were dropped for this reason}
    ///
    /// @param reason why
    @SuppressWarnings("EnumOrdinal") // The array never leaves this class.
    public long get(DropReason reason) {
        return counts.getAcquire(reason.ordinal());
    }

    /// {@return how many frames were dropped}
    public long total() {
        long total = 0;
        for (int i = 0; i < REASONS; i++) {
            total += counts.getAcquire(i);
        }
        return total;
    }
}
