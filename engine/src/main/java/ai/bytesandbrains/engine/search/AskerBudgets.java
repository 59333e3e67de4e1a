package ai.bytesandbrains.engine.search;

/// How many queries each asker may still put: a bucket for each that fills at a constant rate, so
/// that one asker cannot take all of a node's time. The askers heard of last are remembered; whom
/// the table has forgotten begins with a full bucket.
///
/// A hash table of sets of four places; an asker that comes when all four are taken gets that of
/// the one not heard of for longest. Single-threaded, allocates nothing after construction.
final class AskerBudgets {

    private static final int WAYS = 4;
    private static final int SETS = 64;
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final long[] askers = new long[SETS * WAYS];
    private final long[] paidUntilNs = new long[SETS * WAYS];
    private final boolean[] used = new boolean[SETS * WAYS];
    private final long costNs;
    private final long depthNs;

    /// @param perSecond how many queries a second
    AskerBudgets(int perSecond) {
        costNs = Math.max(1, NS_PER_SECOND / perSecond);
        // A second's worth may come at once.
        depthNs = NS_PER_SECOND;
    }

    /// Takes one query out of an asker's bucket.
    ///
    /// @param asker its short id
    /// @return false if the bucket is empty
    boolean spend(long asker, long nowNs) {
        int place = placeOf(asker, nowNs);
        // What has been paid for lies in the future, by a second at most.
        long paid = paidUntilNs[place] - nowNs > 0 ? paidUntilNs[place] : nowNs;
        if (paid + costNs - nowNs > depthNs) {
            return false;
        }
        paidUntilNs[place] = paid + costNs;
        return true;
    }

    private int placeOf(long asker, long nowNs) {
        int first = (int) ((asker * 0x9e3779b97f4a7c15L) >>> 58) * WAYS;
        int oldest = first;
        for (int i = first; i < first + WAYS; i++) {
            if (!used[i]) {
                return begin(i, asker, nowNs);
            }
            if (askers[i] == asker) {
                return i;
            }
            if (paidUntilNs[i] - paidUntilNs[oldest] < 0) {
                oldest = i;
            }
        }
        return begin(oldest, asker, nowNs);
    }

    private int begin(int place, long asker, long nowNs) {
        used[place] = true;
        askers[place] = asker;
        paidUntilNs[place] = nowNs;
        return place;
    }
}
