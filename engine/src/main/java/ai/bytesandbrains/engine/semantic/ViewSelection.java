package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Chooses what the view of a profile keeps of all that is known: the nearest peers, and those that
/// lie in different directions. Every peer is in a view once, with the profile that is nearest.
///
/// A peer lies in a direction of its own if no nearer kept one is so much closer to it than the
/// profile is: `alpha * d(kept, peer) > d(profile, peer)` for all of them. A search that goes from
/// peer to peer by such links comes closer with every step, while the nearest alone may all lie in
/// one heap.
///
/// Scratch of one [SemanticLogic]; allocates nothing.
///
/// Source: Voulgaris, van Steen, "VICINITY: A Pinch of Randomness Brings out the Structure",
/// Middleware 2013, for the exchange; Subramanya et al., "DiskANN", NeurIPS 2019, algorithm 2, for
/// the pruning.
final class ViewSelection {

    private final SemanticConfig config;
    private final ProfileSpace space;
    private final PeerTable table;
    private final BoundNode node;
    private final EntryList candidates;
    private final int[] order;
    private final MemorySegment own;
    private final MemorySegment kept;
    private final long preparedBytes;

    ViewSelection(
            SemanticConfig config,
            ProfileSpace space,
            PeerTable table,
            BoundNode node,
            int rowBytes,
            int most,
            Arena arena) {
        this.config = config;
        this.space = space;
        this.table = table;
        this.node = node;
        int capacity = config.nearSize() + config.prunedSize() + config.seenSize() + most;
        MemorySegment memory = arena.allocate(EntryList.bytes(capacity, rowBytes), 64);
        candidates = new EntryList(memory, capacity, rowBytes);
        order = new int[capacity];
        preparedBytes = space.preparedBytes();
        own = arena.allocate(preparedBytes, 64);
        kept = arena.allocate(preparedBytes * config.prunedSize(), 64);
    }

    /// Merges what came into the view of a profile; what the view does not want is kept among what
    /// the node has seen. While the view is short, that is looked through as well.
    ///
    /// @param profile which of the node's profiles
    /// @param incoming what came; its references pass over
    void merge(int profile, EntryList incoming) {
        EntryList view = node.view(profile);
        EntryList seen = node.seen.list;
        int before = view.size();
        space.prepare(node.rows(), node.rowOf(profile), own, 0);
        candidates.clear();
        for (int i = 0; i < view.size(); i++) {
            candidates.addCopy(view, i);
        }
        for (int i = 0; i < incoming.size(); i++) {
            float distance = distanceOf(incoming, i);
            if (!offer(incoming, i, distance)) {
                table.release(incoming.peerAt(i));
            }
        }
        incoming.clear();
        float bound = bound(before);
        for (int i = 0; i < seen.size() && bound > 0; i++) {
            float distance = distanceOf(seen, i);
            if (distance < bound && offer(seen, i, distance)) {
                table.retain(seen.peerAt(i));
            }
        }
        sort();
        keep(view, before);
    }

    /// Measures all of a view again, for its profile has changed.
    void measure(int profile) {
        EntryList view = node.view(profile);
        space.prepare(node.rows(), node.rowOf(profile), own, 0);
        for (int i = 0; i < view.size(); i++) {
            view.setDistance(i, space.distance(own, 0, view.memory(), view.rowAt(i)));
        }
    }

    /// Of what was seen the view wants what is nearer than that: all while it is short; while
    /// nodes send only what is new, what is nearer than the farthest near peer; else nothing,
    /// because it will come again.
    private float bound(int size) {
        if (size < config.nearSize()) {
            return Float.POSITIVE_INFINITY;
        }
        return config.digestPeers() > 0 ? candidates.distanceAt(config.nearSize() - 1) : 0;
    }

    private float distanceOf(EntryList from, int index) {
        return space.distance(own, 0, from.memory(), from.rowAt(index));
    }

    /// {@return whether the peer is a new one, so that the candidates need a reference}
    private boolean offer(EntryList from, int index, float distance) {
        int known = candidates.indexOf(from.peerAt(index));
        if (known < 0) {
            candidates.setDistance(candidates.addCopy(from, index), distance);
            return true;
        }
        boolean same = candidates.profileAt(known) == from.profileAt(index);
        if (same) {
            if (candidates.learn(known, from, index)) {
                candidates.setDistance(known, distance);
            }
        } else if (distance < candidates.distanceAt(known)) {
            setAside(candidates, known);
            candidates.write(known, from.peerAt(index), from.profileAt(index), 0, 0, 0);
            candidates.update(known, from, index);
            candidates.setDistance(known, distance);
        } else {
            setAside(from, index);
        }
        return false;
    }

    /// A view has a peer once, but what else the peer has is worth knowing.
    private void setAside(EntryList from, int index) {
        if (from != node.seen.list) {
            node.see(from, index);
        }
    }

    /// By distance; a view comes sorted, so insertion has little to do.
    private void sort() {
        int size = candidates.size();
        for (int i = 0; i < size; i++) {
            float distance = candidates.distanceAt(i);
            int at = i;
            while (at > 0 && Float.compare(candidates.distanceAt(order[at - 1]), distance) > 0) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = i;
        }
    }

    private void keep(EntryList view, int before) {
        view.clear();
        int pruned = 0;
        int newcomers = 0;
        for (int rank = 0; rank < candidates.size(); rank++) {
            int index = order[rank];
            boolean apart = pruned < config.prunedSize() && isOwnDirection(index, pruned);
            if (apart) {
                space.prepare(
                        candidates.memory(), candidates.rowAt(index), kept, pruned * preparedBytes);
                pruned++;
            }
            boolean near = rank < config.nearSize();
            newcomers += near && index >= before ? 1 : 0;
            if (apart || near) {
                int met = candidates.is(EntryList.MET, index) ? EntryList.MET : 0;
                view.setFlags(
                        view.addCopy(candidates, index), met | (apart ? EntryList.PRUNED : 0));
            } else {
                node.see(candidates, index);
                table.release(candidates.peerAt(index));
            }
        }
        node.countNewcomers(newcomers);
    }

    private boolean isOwnDirection(int index, int pruned) {
        float here = space.trueDistance(candidates.distanceAt(index));
        long row = candidates.rowAt(index);
        for (int i = 0; i < pruned; i++) {
            float there = space.distance(kept, i * preparedBytes, candidates.memory(), row);
            if (config.alpha() * space.trueDistance(there) <= here) {
                return false;
            }
        }
        return true;
    }
}
