package ai.bytesandbrains.transport.aeron;

import org.agrona.BufferUtil;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.DistinctErrorLog;
import org.agrona.concurrent.errors.ErrorConsumer;
import org.agrona.concurrent.errors.ErrorLogReader;

/// Errors without repetitions: an error that was seen before (the same exception from the same
/// place) is counted, a new one is kept and told to a listener. The memory is fixed; when it is
/// full the listener hears of every error. Any thread.
public final class ErrorLog implements ErrorHandler {

    private static final int BYTES = 1 << 16;

    private final UnsafeBuffer buffer =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(BYTES, 64));
    private final DistinctErrorLog log;
    private final ErrorHandler listener;

    /// Makes an empty log.
    ///
    /// @param clock milliseconds since 1970
    /// @param listener hears of each error once
    public ErrorLog(EpochClock clock, ErrorHandler listener) {
        log = new DistinctErrorLog(buffer, clock);
        this.listener = listener;
    }

    @Override
    public synchronized void onError(Throwable error) {
        int before = distinct();
        boolean kept = log.record(error);
        if (!kept || distinct() > before) {
            listener.onError(error);
        }
    }

    /// {@return how many different errors there were}
    public int distinct() {
        return read((count, first, last, text) -> {});
    }

    /// Reads the log.
    ///
    /// @param consumer gets each error: how often it was seen, when first and last, and its text
    /// @return how many different errors there were
    public int read(ErrorConsumer consumer) {
        return ErrorLogReader.read(buffer, consumer);
    }
}
