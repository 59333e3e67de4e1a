package ai.bytesandbrains.bench.soak;

import java.util.concurrent.atomic.AtomicInteger;

/// A node of the run: where it listens, and the process that is the node at present. The thread
/// that harms it writes, the one that asks reads.
final class Member {

    private final String address;

    /// Odd while the node cannot be expected to answer.
    private final AtomicInteger changes = new AtomicInteger(1);

    private BbProcess process;

    Member(final String address) {
        this.address = address;
    }

    String address() {
        return address;
    }

    BbProcess process() {
        return process;
    }

    void process(final BbProcess started) {
        process = started;
    }

    void down() {
        changes.incrementAndGet();
    }

    void up() {
        changes.incrementAndGet();
    }

    boolean isUp() {
        return (changes.get() & 1) == 0;
    }

    /// Tells whether a node was up all the time between two calls.
    int changes() {
        return changes.get();
    }
}
