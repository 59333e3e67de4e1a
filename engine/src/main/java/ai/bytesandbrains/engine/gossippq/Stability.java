package ai.bytesandbrains.engine.gossippq;

/// Which peers had the same sample as this node, subspace by subspace, since it last changed.
final class Stability {
    private final int agreeing;
    private final long[] peers;
    private final int[] counts;

    /// The round in which a sample last changed.
    private long changedAt;

    Stability(int subspaces, int agreeing) {
        this.agreeing = agreeing;
        peers = new long[subspaces * agreeing];
        counts = new int[subspaces];
    }

    /// Forgets all agreement: an epoch begins.
    void clear(long round) {
        for (int m = 0; m < counts.length; m++) {
            changed(m, round);
        }
    }

    void changed(int m, long round) {
        counts[m] = 0;
        changedAt = round;
    }

    void same(int m, long peer) {
        int first = m * agreeing;
        for (int i = 0; i < counts[m]; i++) {
            if (peers[first + i] == peer) {
                return;
            }
        }
        if (counts[m] < agreeing) {
            peers[first + counts[m]++] = peer;
        }
    }

    /// Whether so many distinct peers had the same sample, for every subspace.
    boolean isReached(int needed) {
        for (int m = 0; m < counts.length; m++) {
            if (!isReached(m, needed)) {
                return false;
            }
        }
        return true;
    }

    /// Whether so many distinct peers had the same sample of a subspace.
    boolean isReached(int m, int needed) {
        return counts[m] >= needed;
    }

    /// Rounds without a change.
    long rounds(long round) {
        return round - changedAt;
    }
}
