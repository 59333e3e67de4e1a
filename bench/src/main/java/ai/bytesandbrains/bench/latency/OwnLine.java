package ai.bytesandbrains.bench.latency;

/// What keeps the two sides from each other's cache lines. Nodes are processes, or at least live
/// their lives apart; the sides here are made by one thread, one object after the other, and lie on
/// the heap like that. Where an object that one side writes with every frame shares a line with one
/// that the other side reads, each write makes the other wait for the line, and by how much a round
/// trip takes longer depends on chance.
///
/// An instance is a number that one thread alone reads and writes, with nothing else on its line.
final class OwnLine {

    /// Processors fetch lines of 64 bytes, some of them in pairs.
    private static final int ROOM = 128;

    private static final int MIDDLE = ROOM / Long.BYTES;

    /// Keeps the last one from being optimized away. Nobody needs it: it lies where it is until the
    /// collector moves everything.
    @SuppressWarnings("unused")
    private static volatile byte[] room;

    private final long[] line = new long[2 * MIDDLE + 1];

    /// Leaves room on the heap between what was made before and what is made after.
    static void apart() {
        room = new byte[ROOM];
    }

    long get() {
        return line[MIDDLE];
    }

    void set(final long value) {
        line[MIDDLE] = value;
    }
}
