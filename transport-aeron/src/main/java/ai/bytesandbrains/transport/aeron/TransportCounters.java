package ai.bytesandbrains.transport.aeron;

import java.util.concurrent.atomic.AtomicLongArray;

/// What a transport has moved. Written by the agent's thread, readable by all.
public final class TransportCounters {

    /// What is counted.
    enum Counter {
        FRAMES_SENT,
        BYTES_SENT,
        FRAMES_RECEIVED,
        BYTES_RECEIVED,
        BACK_PRESSURE,
        TOO_LONG,
        LINKS_OPENED,
        LINKS_CLOSED,
        LINKS_FAILED,
        FRAMES_LOST
    }

    private final AtomicLongArray counts = new AtomicLongArray(Counter.values().length);

    TransportCounters() {}

    void increment(Counter counter) {
        add(counter, 1);
    }

    @SuppressWarnings("EnumOrdinal") // The array never leaves this class.
    void add(Counter counter, long amount) {
        int index = counter.ordinal();
        counts.setRelease(index, counts.getPlain(index) + amount);
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

    /// {@return sends refused because the peer, or this node's place for it, was full}
    public long backPressure() {
        return get(Counter.BACK_PRESSURE);
    }

    /// {@return sends refused because the frame is longer than the transport carries}
    public long tooLong() {
        return get(Counter.TOO_LONG);
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
}
