package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.Arrays;

/// Exchanges under way: those a node began, or those it answered. Fixed size; the oldest makes way.
final class Exchanges {
    private final long[] ids;
    private final long[] peers;
    private final int[] subspaces;
    private final int[] ranges;
    private final long[][] cuts;
    private final long[] thresholds;
    private final long[] changes;
    private final long[] deadlines;
    private final int[] left;
    private final boolean[] advanced;
    private final int[] counts;

    /// For each answered exchange the slots of the items whose hashes were sent; null where a node
    /// began.
    private final int[][] slots;

    Exchanges(int size, boolean answered) {
        ids = new long[size];
        peers = new long[size];
        subspaces = new int[size];
        ranges = new int[size];
        cuts = new long[size][KeyRanges.PARTS];
        thresholds = new long[size];
        changes = new long[size];
        deadlines = new long[size];
        left = new int[size];
        advanced = new boolean[size];
        counts = new int[size];
        slots = answered ? new int[size][HashLists.MAX_HASHES] : null;
    }

    /// Forgets all.
    void clear() {
        Arrays.fill(peers, PeerTable.NULL_PEER);
    }

    /// A place for an exchange; it takes part from [#open] on.
    int place(long nowNs) {
        int oldest = 0;
        for (int i = 0; i < ids.length; i++) {
            if (peers[i] == PeerTable.NULL_PEER || deadlines[i] - nowNs < 0) {
                return i;
            }
            if (deadlines[i] - deadlines[oldest] < 0) {
                oldest = i;
            }
        }
        return oldest;
    }

    /// How many exchanges still may get an answer.
    int underWay(long nowNs) {
        int count = 0;
        for (int i = 0; i < ids.length; i++) {
            if (peers[i] != PeerTable.NULL_PEER && deadlines[i] - nowNs >= 0) {
                count++;
            }
        }
        return count;
    }

    /// When the first of them is given up.
    ///
    /// @return nanoseconds from now, or [Long#MAX_VALUE] if there is none
    long untilGivenUp(long nowNs) {
        long first = Long.MAX_VALUE;
        for (int i = 0; i < ids.length; i++) {
            long left = deadlines[i] - nowNs;
            if (peers[i] != PeerTable.NULL_PEER && left >= 0) {
                first = Math.min(first, left + 1);
            }
        }
        return first;
    }

    void open(int at, long id, long peer, int subspace, long threshold, long deadlineNs) {
        ids[at] = id;
        peers[at] = peer;
        subspaces[at] = subspace;
        thresholds[at] = threshold;
        deadlines[at] = deadlineNs;
        left[at] = 0;
        advanced[at] = false;
        counts[at] = 0;
    }

    void close(int at) {
        peers[at] = PeerTable.NULL_PEER;
    }

    /// The exchange that a message belongs to, or -1.
    int find(long peer, GossipPqMessage message, long nowNs) {
        for (int i = 0; i < ids.length; i++) {
            if (peers[i] == peer
                    && ids[i] == message.requestId()
                    && subspaces[i] == message.subspace()
                    && deadlines[i] - nowNs >= 0) {
                return i;
            }
        }
        return -1;
    }

    /// Notes how an exchange that begins cuts the sample.
    void setRanges(int at, KeyRanges ranges) {
        this.ranges[at] = ranges.count();
        ranges.save(cuts[at]);
    }

    /// Where the sample was cut.
    long[] cuts(int at) {
        return cuts[at];
    }

    int ranges(int at) {
        return ranges[at];
    }

    /// Notes how often the sample had changed when the exchange began.
    void setChanges(int at, long count) {
        changes[at] = count;
    }

    long changes(int at) {
        return changes[at];
    }

    long threshold(int at) {
        return thresholds[at];
    }

    /// How many items may still come in.
    int left(int at) {
        return left[at];
    }

    void setLeft(int at, int items) {
        left[at] = items;
    }

    /// Whether what comes once in an exchange has come; from now on it has.
    boolean advance(int at) {
        boolean before = advanced[at];
        advanced[at] = true;
        return before;
    }

    int[] slots(int at) {
        return slots[at];
    }

    int count(int at) {
        return counts[at];
    }

    void setCount(int at, int count) {
        counts[at] = count;
    }
}
