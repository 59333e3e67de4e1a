package ai.bytesandbrains.engine.gossippq;

/// What the claims of peers add up to for one node: whether enough of them say so.
///
/// Two rules keep nodes together. A codebook becomes final only when more than two thirds of the
/// peers heard of have it, so two of one epoch cannot both become final unless the network is cut
/// in two, or more than a third of it lies. And a node that belongs to no majority for long enough
/// asks for less: a codebook is then final, or taken over, by more than half, and whoever has a
/// final one that most do not have opens the next epoch. So of the nodes in the lowest epoch either
/// more than half agree, and the others join them, or they go up to where the others are.
final class Agreement {
    /// A group that counts has at least one in so many of the peers heard.
    private static final int SHARE = 4;

    private final PeerClaims claims;
    private final Epoch epoch;

    /// Rounds without progress after which less is asked for.
    private final int patience;

    private long round;
    private int needed = 1;
    private long progressAt;
    private boolean stuck;

    Agreement(GossipPqConfig config, PeerClaims claims, Epoch epoch) {
        this.claims = claims;
        this.epoch = epoch;
        patience = 2 * (config.minRounds() + config.freezeRounds());
    }

    /// Things go on: a sample changed, an epoch began, a codebook became final.
    void progress(long round) {
        progressAt = round;
    }

    /// Looks at the claims of the last rounds.
    ///
    /// @param enough how many peers have to say something
    void look(long round, int enough) {
        this.round = round;
        claims.tally(round);
        if (epoch.isFrozen() && 2 * (have() + 1) > claims.total() + 1) {
            progressAt = round;
        }
        stuck = round - progressAt > patience;
        // Where there are fewer peers, no more than half of them can be asked for.
        needed = stuck ? Math.clamp((claims.total() + 1) / 2, 1, enough) : enough;
    }

    /// How many distinct peers have to say something.
    int needed() {
        return needed;
    }

    /// Whether peers that have another codebook for the epoch, or none, are few enough.
    boolean mayFreeze() {
        int have = have();
        int total = claims.total() + 1;
        boolean most = stuck ? 2 * (have + 1) > total : 3 * (have + 1) > 2 * total;
        return most && have >= needed;
    }

    /// Whether enough say that one codebook, whichever, is final. Who has a final one does not
    /// leave it for a mere half.
    boolean hasLeader() {
        int count = claims.leaderCount();
        int total = claims.total();
        boolean most = epoch.isFrozen() ? 3 * count > 2 * total : 2 * count > total;
        return most && count >= needed;
    }

    /// Whether the leader is what this node has.
    boolean leads() {
        return claims.leaderEpoch() == epoch.number()
                && claims.leaderHigh() == epoch.high()
                && claims.leaderLow() == epoch.low();
    }

    /// The latest epoch that enough peers are in, or -1.
    int reached() {
        return claims.reachedBy(group(), round);
    }

    /// Whether a node with a final codebook has reason to open the next epoch: as many have another
    /// final one, the data have moved away, or most have had something else for long.
    boolean isOver() {
        if (!epoch.isFrozen()) {
            return false;
        }
        int number = epoch.number();
        int mine = 1 + claims.frozen(number, epoch.high(), epoch.low(), round);
        int others = claims.frozenOther(number, epoch.high(), epoch.low(), round);
        // A splinter waits to be adopted.
        boolean split = others >= group() && SHARE * mine > claims.total();
        boolean drifted =
                SHARE * claims.drifted(number, round) > claims.total() && claims.total() >= needed;
        return split || drifted || stuck;
    }

    /// Whether somebody has another codebook for the epoch.
    boolean isDisputed() {
        return claims.disagree(epoch.number(), epoch.high(), epoch.low(), round);
    }

    private int group() {
        return Math.max(needed, (claims.total() + SHARE - 1) / SHARE);
    }

    /// How many peers have this node's codebook.
    private int have() {
        return epoch.codebook() == null
                ? 0
                : claims.have(epoch.number(), epoch.high(), epoch.low(), round);
    }
}
