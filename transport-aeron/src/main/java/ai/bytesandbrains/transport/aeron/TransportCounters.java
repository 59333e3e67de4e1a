package ai.bytesandbrains.transport.aeron;

import java.util.concurrent.atomic.AtomicLongArray;

/// What a transport has moved. Written by the agent's thread, which the transport does by [#count],
/// [#sent] and [#received]; readable by all.
public final class TransportCounters {

    /// What is counted.
    enum Counter {
        FRAMES_SENT,
        BYTES_SENT,
        FRAMES_RECEIVED,
        BYTES_RECEIVED,
        LINKS_OPENED,
        LINKS_CLOSED,
        LINKS_FAILED,
        FRAMES_LOST,
        RECONNECTS
    }

    private final AtomicLongArray counts = new AtomicLongArray(Counter.values().length);
    private final AtomicLongArray results = new AtomicLongArray(SendResult.values().length);

    /// Makes counters at zero, for a transport.
    public TransportCounters() {}

    void increment(Counter counter) {
        add(counter, 1);
    }

    @SuppressWarnings("EnumOrdinal") // The array never leaves this class.
    void add(Counter counter, long amount) {
        int index = counter.ordinal();
        counts.setRelease(index, counts.getPlain(index) + amount);
    }

    /// Counts a frame that is on its way.
    ///
    /// @param bytes its length
    /// @return [SendResult#SENT], counted
    public SendResult sent(int bytes) {
        increment(Counter.FRAMES_SENT);
        add(Counter.BYTES_SENT, bytes);
        return count(SendResult.SENT);
    }

    /// Counts a frame that has arrived, whatever becomes of it.
    ///
    /// @param bytes its length
    public void received(int bytes) {
        increment(Counter.FRAMES_RECEIVED);
        add(Counter.BYTES_RECEIVED, bytes);
    }

    /// Counts what became of a send, and passes it on.
    ///
    /// @param result what became of it
    /// @return the same
    @SuppressWarnings("EnumOrdinal") // The array never leaves this class.
    public SendResult count(SendResult result) {
        int index = result.ordinal();
        results.setRelease(index, results.getPlain(index) + 1);
        return result;
    }

    /// {@return how many sends ended so, probes of strangers included}
    ///
    /// @param result what became of them
    @SuppressWarnings("EnumOrdinal") // The array never leaves this class.
    public long sends(SendResult result) {
        return results.getAcquire(result.ordinal());
    }

    @SuppressWarnings("EnumOrdinal") // The array never leaves this class.
    private long get(Counter counter) {
        return counts.getAcquire(counter.ordinal());
    }

    /// {@return frames sent}
    public long framesSent() {
        return get(Counter.FRAMES_SENT);
    }

    /// {@return bytes in frames sent; Aeron's own headers and padding come on top}
    public long bytesSent() {
        return get(Counter.BYTES_SENT);
    }

    /// {@return frames received, dropped ones included}
    public long framesReceived() {
        return get(Counter.FRAMES_RECEIVED);
    }

    /// {@return bytes in frames received}
    public long bytesReceived() {
        return get(Counter.BYTES_RECEIVED);
    }

    /// {@return sends refused for now: the peer, or this node's place for it, was full, or there
    /// was no connection}
    public long backPressure() {
        return sends(SendResult.BACK_PRESSURE)
                + sends(SendResult.NOT_CONNECTED)
                + sends(SendResult.NO_ROOM)
                + sends(SendResult.NO_LINK)
                + sends(SendResult.NO_DRIVER);
    }

    /// {@return sends refused because the frame is longer than the transport carries}
    public long tooLong() {
        return sends(SendResult.TOO_LONG);
    }

    /// {@return connections begun}
    public long linksOpened() {
        return get(Counter.LINKS_OPENED);
    }

    /// {@return connections ended for any reason}
    public long linksClosed() {
        return get(Counter.LINKS_CLOSED);
    }

    /// {@return connections given up because the peer was not there}
    public long linksFailed() {
        return get(Counter.LINKS_FAILED);
    }

    /// {@return frames that were kept for a connection which never came}
    public long framesLost() {
        return get(Counter.FRAMES_LOST);
    }

    /// {@return how often the media driver was lost and found again}
    public long reconnects() {
        return get(Counter.RECONNECTS);
    }
}
