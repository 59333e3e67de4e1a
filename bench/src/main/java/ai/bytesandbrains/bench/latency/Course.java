package ai.bytesandbrains.bench.latency;

import org.HdrHistogram.Histogram;

/// The times of one kind of round trip, of all its stretches, in nanoseconds.
public final class Course {

    private final String name;
    private final Histogram corrected;
    private final Histogram service;
    private long allocatedBytes;

    Course(final String name, final Histogram corrected, final Histogram service) {
        this.name = name;
        this.corrected = corrected;
        this.service = service;
    }

    void add(final Histogram corrected, final Histogram service, final long allocatedBytes) {
        this.corrected.add(corrected);
        this.service.add(service);
        this.allocatedBytes += allocatedBytes;
    }

    /// {@return what the round trip is called}
    public String name() {
        return name;
    }

    /// {@return times from when each should have begun: a stall counts for all that it held up}
    public Histogram corrected() {
        return corrected;
    }

    /// {@return times from when each did begin}
    public Histogram service() {
        return service;
    }

    /// {@return heap bytes that both threads allocated for a message, mean; a round trip is two}
    public double allocatedBytesPerMessage() {
        return allocatedBytes / (2.0 * service.getTotalCount());
    }
}
