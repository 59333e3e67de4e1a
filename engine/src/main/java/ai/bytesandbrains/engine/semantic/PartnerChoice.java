package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.random.RandomGenerator;

/// Chooses whom a node exchanges with next.
final class PartnerChoice {

    /// Of so many exchanges one is with anybody, the others with near peers: the pinch of
    /// randomness by which a node finds a neighbourhood that nobody near it knows.
    private static final int RANDOM_SHARE = 3;

    /// So many of the profiles seen are looked through for a peer never met.
    private static final int LOOKED_AT = 64;

    private final SemanticConfig config;
    private final BoundNode node;
    private final RandomPeers randomPeers;
    private final RandomGenerator random;

    PartnerChoice(
            SemanticConfig config,
            BoundNode node,
            RandomPeers randomPeers,
            RandomGenerator random) {
        this.config = config;
        this.node = node;
        this.randomPeers = randomPeers;
        this.random = random;
    }

    /// Whoever was introduced comes first; the others are near to a profile of the node, most of
    /// the time, or anybody.
    ///
    /// @param profile the node's profile, or [BoundNode#NONE]
    /// @return the peer, or [PeerTable#NULL_PEER] if there is none
    long choose(int slot, int profile) {
        long named = node.introduced.last();
        if (named != PeerTable.NULL_PEER) {
            return named;
        }
        EntryList view = profile == BoundNode.NONE ? null : node.view(profile);
        int near = view == null ? 0 : Math.min(view.size(), config.nearSize());
        if (near == 0 || (!node.isHurrying() && random.nextInt(RANDOM_SHARE) == 0)) {
            long any = anybody(slot);
            if (any != PeerTable.NULL_PEER || near == 0) {
                return any;
            }
        }
        return near(view, near);
    }

    /// The nearest peer never met has most to tell. If there is none, it is the one not heard of
    /// for longest: if that is dead, it is found out soonest.
    private static long near(EntryList view, int near) {
        int oldest = 0;
        for (int i = 0; i < near; i++) {
            if (!view.is(EntryList.MET, i)) {
                return view.peerAt(i);
            }
            oldest = view.ageAt(i) > view.ageAt(oldest) ? i : oldest;
        }
        return view.peerAt(oldest);
    }

    /// A random peer; instead of one that has been met already, one that has not, if there is any.
    private long anybody(int slot) {
        long any = randomPeers.select(slot);
        if (any == node.self()) {
            any = PeerTable.NULL_PEER;
        }
        if (any != PeerTable.NULL_PEER && !node.hasMet(any)) {
            return any;
        }
        EntryList seen = node.seen.list;
        int size = seen.size();
        int first = size == 0 ? 0 : random.nextInt(size);
        for (int i = 0; i < Math.min(size, LOOKED_AT); i++) {
            int at = (first + i) % size;
            if (!seen.is(EntryList.MET, at)) {
                return seen.peerAt(at);
            }
        }
        return any;
    }
}
