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

    /// In which round a peer asked last, and how often in it.
    private final long[] asked = new long[SIZE];

    private final int[] requests = new int[SIZE];

    /// The largest group of final codebooks that are the same, as of the last [#tally].
    private int leader;

    private int leaderCount;
    private int total;

    PeerClaims() {
        Arrays.fill(rounds, -WINDOW - 1L);
        Arrays.fill(asked, -1);
    }

    /// Notes what a peer says; in place of the oldest claim, if the peer is new.
    void note(long peer, GossipPqMessage message, long round) {
        int at = place(peer);
        epochs[at] = message.epoch();
        highs[at] = message.codebookHigh();
        lows[at] = message.codebookLow();
        flags[at] = message.flags();
        rounds[at] = round;
    }

    /// Counts a request of a peer in this round; returns whether it is within the budget.
    boolean allow(long peer, long round, int budget) {
        int at = place(peer);
        if (asked[at] != round) {
            asked[at] = round;
            requests[at] = 0;
        }
        return ++requests[at] <= budget;
    }

    private int place(long peer) {
        int oldest = 0;
        for (int i = 0; i < SIZE; i++) {
            if (peers[i] == peer) {
                return i;
            }
            if (last(i) < last(oldest)) {
                oldest = i;
            }
        }
        peers[oldest] = peer;
        epochs[oldest] = -1;
        rounds[oldest] = -WINDOW - 1L;
        asked[oldest] = -1;
        return oldest;
    }

    private long last(int i) {
        return Math.max(rounds[i], asked[i]);
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
            if (same > leaderCount || (same == leaderCount && same > 0 && leads(i))) {
                leaderCount = same;
                leader = i;
            }
        }
    }

    /// Of two that as many say are final, all nodes are to choose the same one.
    private boolean leads(int i) {
        if (epochs[i] != epochs[leader]) {
            return epochs[i] > epochs[leader];
        }
        return highs[i] != highs[leader] ? highs[i] > highs[leader] : lows[i] > lows[leader];
    }

    /// How many have this codebook, final or not.
    int have(int epoch, long high, long low, long round) {
        int count = 0;
        for (int i = 0; i < SIZE; i++) {
            boolean same = epochs[i] == epoch && highs[i] == high && lows[i] == low;
            count += same && counts(i, round) ? 1 : 0;
        }
        return count;
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
