package ai.bytesandbrains.engine.semantic;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Ranks the peers that a node knows by how much near to a vector they probably have: each profile
/// of a peer counts with the number of vectors it stands for, and the less the farther it is,
///
/// ```
///   score(peer) = sum over its profiles of  vectors * exp(-12 (d - least) / least)
///   share(peer) = the same with 8 in the place of 12
/// ```
///
/// `least` being the distance of the nearest profile of all. So a peer with much that is fairly
/// near may come before one with little that is nearer. Peers are ranked by scores; how much of all
/// that is near a number of them has is told by shares.
///
/// Scratch of one logic; allocates nothing.
final class ProfileRanking {

    private static final float SHARE_SHARPNESS = 8;

    private static final float SMALLEST = 1e-6f;
    private static final int EMPTY = -1;

    private final ProfileSpace space;
    private final MemorySegment prepared;
    private final float[] distances;
    private final float[] vectors;
    private final int[] ownerOf;
    private final long[] peers;
    private final int[] profilesOf;
    private final float[] scores;
    private final float[] shares;
    private final float[] nearest;
    private final int[] buckets;
    private int mask;
    private int profiles;
    private int peerCount;
    private int ranked;

    /// @param most the most profiles that a node knows
    ProfileRanking(ProfileSpace space, int most, Arena arena) {
        this.space = space;
        prepared = arena.allocate(space.preparedBytes(), 64);
        distances = new float[most];
        vectors = new float[most];
        ownerOf = new int[most];
        peers = new long[most];
        profilesOf = new int[most];
        scores = new float[most];
        shares = new float[most];
        nearest = new float[most];
        buckets = new int[Integer.highestOneBit(Math.max(1, most)) * 4];
    }

    /// Measures all that a node knows.
    void measure(BoundNode node, int ownProfiles, MemorySegment vector, long offset) {
        space.prepareVector(vector, offset, prepared, 0);
        begin(node, ownProfiles);
        profiles = 0;
        peerCount = 0;
        for (int profile = 0; profile < ownProfiles; profile++) {
            add(node.view(profile));
        }
        add(node.seen.list);
    }

    /// What a measure costs depends on what is known, not on how much could be.
    private void begin(BoundNode node, int ownProfiles) {
        int known = node.seen.list.size();
        for (int profile = 0; profile < ownProfiles; profile++) {
            known += node.view(profile).size();
        }
        int used = Integer.highestOneBit(Math.max(1, known)) * 4;
        mask = used - 1;
        Arrays.fill(buckets, 0, used, EMPTY);
    }

    /// {@return how many peers there are}
    int size() {
        return peerCount;
    }

    /// Puts the best into an array, the best first.
    ///
    /// @return how many
    int best(long[] into, int most) {
        score();
        int count = Math.min(Math.min(most, into.length), peerCount);
        for (int rank = 0; rank < count; rank++) {
            int best = rank;
            for (int i = rank + 1; i < peerCount; i++) {
                if (isBetter(i, best)) {
                    best = i;
                }
            }
            swap(rank, best);
            into[rank] = peers[rank];
        }
        ranked = count;
        return count;
    }

    /// {@return how many of those ranked last probably have this share of what is near}
    int enough(float share) {
        double sum = 0;
        for (int i = 0; i < peerCount; i++) {
            sum += shares[i];
        }
        double had = 0;
        int count = 0;
        while (count < ranked && had < share * sum) {
            had += shares[count++];
        }
        return count;
    }

    /// {@return the share of the peers whose nearest profile is farther than that; those as far
    /// count half}
    float shareFartherThan(float distance) {
        float farther = 0;
        for (int i = 0; i < peerCount; i++) {
            int order = Float.compare(nearest[i], distance);
            farther += order > 0 ? 1 : order == 0 ? 0.5f : 0;
        }
        return farther / peerCount;
    }

    /// {@return the distance of the vector measured last from a profile}
    float distanceOf(MemorySegment rows, long rowAt) {
        return space.distance(prepared, 0, rows, rowAt);
    }

    private void add(EntryList list) {
        int size = list.size();
        for (int i = 0; i < size; i++) {
            int owner = ownerOf(list.peerAt(i));
            int bit = 1 << list.profileAt(i);
            // The same profile may be in several views, and among what was seen.
            if ((profilesOf[owner] & bit) == 0) {
                profilesOf[owner] |= bit;
                float distance = space.distance(prepared, 0, list.memory(), list.rowAt(i));
                nearest[owner] = Math.min(nearest[owner], distance);
                distances[profiles] = distance;
                vectors[profiles] = ProfileWeight.vectors(list.weightAt(i));
                ownerOf[profiles++] = owner;
            }
        }
    }

    private int ownerOf(long peer) {
        int at = Long.hashCode(peer * 0x9e3779b97f4a7c15L) & mask;
        while (buckets[at] != EMPTY && peers[buckets[at]] != peer) {
            at = (at + 1) & mask;
        }
        if (buckets[at] == EMPTY) {
            buckets[at] = peerCount;
            peers[peerCount] = peer;
            profilesOf[peerCount] = 0;
            nearest[peerCount] = Float.POSITIVE_INFINITY;
            peerCount++;
        }
        return buckets[at];
    }

    private void score() {
        float least = Float.POSITIVE_INFINITY;
        for (int i = 0; i < profiles; i++) {
            least = Math.min(least, distances[i]);
        }
        Arrays.fill(scores, 0, peerCount, 0);
        Arrays.fill(shares, 0, peerCount, 0);
        float unit = SHARE_SHARPNESS / Math.max(least, SMALLEST);
        for (int i = 0; i < profiles; i++) {
            float share = (float) Math.exp((least - distances[i]) * unit);
            shares[ownerOf[i]] += vectors[i] * share;
            // A score is the power of 12 / 8.
            scores[ownerOf[i]] += vectors[i] * share * (float) Math.sqrt(share);
        }
    }

    /// By score; where that is too small to be told apart, by distance.
    private boolean isBetter(int a, int b) {
        int order = Float.compare(scores[a], scores[b]);
        return order > 0 || (order == 0 && nearest[a] < nearest[b]);
    }

    private void swap(int a, int b) {
        long peer = peers[a];
        peers[a] = peers[b];
        peers[b] = peer;
        float score = scores[a];
        scores[a] = scores[b];
        scores[b] = score;
        float share = shares[a];
        shares[a] = shares[b];
        shares[b] = share;
        float distance = nearest[a];
        nearest[a] = nearest[b];
        nearest[b] = distance;
    }
}
