package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.Arrays;

/// What peers lately said of their epoch and codebook, one claim a peer, and how much each asked
/// for. Claims older than [#WINDOW] rounds do not count.
final class PeerClaims {
    /// Rounds for which a claim counts.
    static final int WINDOW = 16;

    private static final int SIZE = 64;

    private final long[] peers = new long[SIZE];
    private final int[] epochs = new int[SIZE];
    private final long[] highs = new long[SIZE];
    private final long[] lows = new long[SIZE];
    private final int[] flags = new int[SIZE];
    private final long[] rounds = new long[SIZE];
    private final int[] requests = new int[SIZE];

    /// The largest group of final codebooks that are the same, as of the last [#tally].
    private int leader;

    private int leaderCount;
    private int total;

    PeerClaims() {
        Arrays.fill(rounds, -WINDOW - 1L);
    }

    /// Notes what a peer says; in place of the oldest claim, if the peer is new.
    void note(long peer, GossipPqMessage message, long round) {
        int at = place(peer, round);
        epochs[at] = message.epoch();
        highs[at] = message.codebookHigh();
        lows[at] = message.codebookLow();
        flags[at] = message.flags();
        rounds[at] = round;
    }

    /// Counts a request of a peer in this round; returns whether it is within the budget.
    boolean allow(long peer, long round, int budget) {
        int at = place(peer, round);
        if (rounds[at] != round) {
            rounds[at] = round;
            requests[at] = 0;
        }
        return ++requests[at] <= budget;
    }

    private int place(long peer, long round) {
        int oldest = 0;
        for (int i = 0; i < SIZE; i++) {
            if (peers[i] == peer) {
                if (rounds[i] != round) {
                    requests[i] = 0;
                }
                return i;
            }
            if (rounds[i] < rounds[oldest]) {
                oldest = i;
            }
        }
        peers[oldest] = peer;
        epochs[oldest] = -1;
        flags[oldest] = 0;
        requests[oldest] = 0;
        return oldest;
    }

    private boolean counts(int i, long round) {
        return peers[i] != PeerTable.NULL_PEER && epochs[i] >= 0 && round - rounds[i] <= WINDOW;
    }

    private boolean isFrozen(int i) {
        return (flags[i] & GossipPqMessage.FROZEN) != 0;
    }

    /// Counts the claims of the last rounds, and finds the codebook that most say is final.
    void tally(long round) {
        total = 0;
        leaderCount = 0;
        for (int i = 0; i < SIZE; i++) {
            if (!counts(i, round)) {
                continue;
            }
            total++;
            int same = isFrozen(i) ? frozen(epochs[i], highs[i], lows[i], round) : 0;
            if (same > leaderCount) {
                leaderCount = same;
                leader = i;
            }
        }
    }

    /// How many say that this is a final codebook.
    int frozen(int epoch, long high, long low, long round) {
        int count = 0;
        for (int i = 0; i < SIZE; i++) {
            boolean same = epochs[i] == epoch && highs[i] == high && lows[i] == low;
            count += same && isFrozen(i) && counts(i, round) ? 1 : 0;
        }
        return count;
    }

    /// How many say that another codebook than this is the epoch's final one.
    int frozenOther(int epoch, long high, long low, long round) {
        int count = 0;
        for (int i = 0; i < SIZE; i++) {
            boolean other = epochs[i] == epoch && (highs[i] != high || lows[i] != low);
            count += other && isFrozen(i) && counts(i, round) ? 1 : 0;
        }
        return count;
    }

    /// Whether somebody has another codebook for the epoch, final or not.
    boolean disagree(int epoch, long high, long low, long round) {
        for (int i = 0; i < SIZE; i++) {
            boolean has = (highs[i] | lows[i]) != 0;
            boolean other = has && epochs[i] == epoch && (highs[i] != high || lows[i] != low);
            if (other && counts(i, round)) {
                return true;
            }
        }
        return false;
    }

    /// How many say that they are in this epoch and that their data drifted.
    int drifted(int epoch, long round) {
        int count = 0;
        for (int i = 0; i < SIZE; i++) {
            boolean drifted = (flags[i] & GossipPqMessage.DRIFTED) != 0;
            count += drifted && epochs[i] == epoch && counts(i, round) ? 1 : 0;
        }
        return count;
    }

    /// How many are in a later epoch.
    int later(int epoch, long round) {
        int count = 0;
        for (int i = 0; i < SIZE; i++) {
            count += epochs[i] > epoch && counts(i, round) ? 1 : 0;
        }
        return count;
    }

    /// The latest epoch that at least so many have reached, or -1.
    int reachedBy(int peers, long round) {
        int best = -1;
        for (int i = 0; i < SIZE; i++) {
            if (epochs[i] > best && later(epochs[i] - 1, round) >= peers) {
                best = epochs[i];
            }
        }
        return best;
    }

    int total() {
        return total;
    }

    int leaderCount() {
        return leaderCount;
    }

    int leaderEpoch() {
        return epochs[leader];
    }

    long leaderHigh() {
        return highs[leader];
    }

    long leaderLow() {
        return lows[leader];
    }
}
