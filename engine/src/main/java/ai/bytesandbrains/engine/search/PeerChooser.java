package ai.bytesandbrains.engine.search;

import static ai.bytesandbrains.engine.search.SearchSlots.ASK_PEERS;
import static ai.bytesandbrains.engine.search.SearchSlots.CHOICE;
import static ai.bytesandbrains.engine.search.SearchSlots.CHOSEN;
import static ai.bytesandbrains.engine.search.SearchSlots.DEADLINE;
import static ai.bytesandbrains.engine.search.SearchSlots.EXPLORATION;
import static ai.bytesandbrains.engine.search.SearchSlots.FLOAT;
import static ai.bytesandbrains.engine.search.SearchSlots.INT;
import static ai.bytesandbrains.engine.search.SearchSlots.LONG;
import static ai.bytesandbrains.engine.search.SearchSlots.PEER_HANDLE;
import static ai.bytesandbrains.engine.search.SearchSlots.PEER_STATE;
import static ai.bytesandbrains.engine.search.SearchSlots.PROBED;
import static ai.bytesandbrains.engine.search.SearchSlots.SENT;
import static ai.bytesandbrains.engine.search.SearchSlots.SEPARATION;
import static ai.bytesandbrains.engine.search.SearchSlots.SETTLED;
import static ai.bytesandbrains.engine.search.SearchSlots.UNSENT;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerRouter;
import ai.bytesandbrains.engine.overlay.PeerSampling;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.PeerView;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

/// Chooses the peers of a search, and takes a reference to each. Where better ones may be found by
/// asking for them, that is done first, and those that were asked for peers are among the chosen:
/// they have been bothered already. Scratch of one [Asker]; allocates nothing.
final class PeerChooser {

    /// Of the peers of a search so many at most are asked for better ones first: one in this.
    private static final int EXPLORED_SHARE = 2;

    /// Where the number of peers is left to the search.
    private static final int FEW_EXPLORED = 3;

    /// Peers that together have this share of what there probably is are enough.
    private static final float ENOUGH = 0.9f;

    /// Looking for peers may take this part of the time that is left.
    private static final int PATIENCE_SHARE = 4;

    private final SearchOperations operations;
    private final MemorySegment memory;
    private final PeerTable table;
    private final PeerSampling sampling;
    private final PeerRouter router;
    private final RandomGenerator random;
    private final PeerDescriptor descriptor = new PeerDescriptor();
    private final long[] ranked;
    private final long[] answered;

    /// @param router null for none: then peers are random ones
    PeerChooser(
            SearchOperations operations,
            PeerTable table,
            PeerSampling sampling,
            PeerRouter router,
            RandomGenerator random) {
        this.operations = operations;
        this.memory = operations.slots.memory;
        this.table = table;
        this.sampling = sampling;
        this.router = router;
        this.random = random;
        ranked = new long[operations.limits.maxPeers()];
        answered = new long[operations.limits.maxPeers()];
    }

    /// Begins to choose.
    ///
    /// @return whether all are chosen; if not, [#isReady] has to be asked again and again
    boolean begin(long base, MemorySegment query, long nowNs) {
        int wanted = memory.get(INT, base + ASK_PEERS);
        if (choiceOf(base) == PeerChoice.GIVEN) {
            resolveGiven(base);
            return true;
        }
        float separation = router == null ? Float.NaN : router.separation();
        memory.set(FLOAT, base + SEPARATION, separation);
        boolean few = wanted == SearchParameters.FEW;
        // Where data is spread at random, few would have little, and these no more than those.
        boolean all = few && separation < SearchResult.SCATTERED_BELOW;
        if (all || !isRouted(base)) {
            chooseRandom(base, all ? SearchParameters.ALL : wanted);
            return true;
        }
        int most = few ? FEW_EXPLORED : wanted / EXPLORED_SHARE;
        long patienceNs = (memory.get(LONG, base + DEADLINE) - nowNs) / PATIENCE_SHARE;
        long exploration = patienceNs < 1 ? 0 : router.explore(query, 0, most, patienceNs, nowNs);
        memory.set(LONG, base + EXPLORATION, exploration);
        if (exploration != 0 && !router.isExplored(exploration)) {
            return false;
        }
        choose(base, query);
        return true;
    }

    /// Whether a search still looks for its peers.
    boolean isChoosing(long base) {
        return memory.get(LONG, base + EXPLORATION) != 0;
    }

    /// Whether what a search looks for has been found, so that [#choose] can go on.
    boolean isReady(long base) {
        return router.isExplored(memory.get(LONG, base + EXPLORATION));
    }

    /// Chooses by what is known now.
    void choose(long base, MemorySegment query) {
        int wanted = memory.get(INT, base + ASK_PEERS);
        int known = 0;
        long exploration = memory.get(LONG, base + EXPLORATION);
        if (exploration != 0) {
            memory.set(LONG, base + EXPLORATION, 0);
            known = router.answered(exploration, answered);
            memory.set(INT, base + PROBED, router.askedLast() - known);
        }
        int count = router.rank(query, 0, ranked, Math.min(wanted, ranked.length));
        boolean few = wanted == SearchParameters.FEW;
        int most = Math.min(few ? Math.max(known, router.enough(ENOUGH)) : wanted, ranked.length);
        memory.set(INT, base + CHOSEN, 0);
        for (int i = 0; i < known && chosen(base) < most; i++) {
            add(base, answered[i]);
        }
        for (int i = 0; i < count && chosen(base) < most; i++) {
            add(base, ranked[i]);
        }
        // Who knows fewer by what they have than he has in his view does not know enough to leave
        // anybody out.
        if (!few) {
            fillUp(base, most);
        } else if (count < sampling.view().size()) {
            fillUp(base, ranked.length);
        }
    }

    /// Gives up looking for peers.
    void abandon(long base) {
        if (isChoosing(base)) {
            router.abandon(memory.get(LONG, base + EXPLORATION));
            memory.set(LONG, base + EXPLORATION, 0);
        }
    }

    /// Says who was asked and has not answered.
    void reportSilent(long base) {
        for (int i = 0; i < chosen(base) && router != null; i++) {
            if (operations.slots.peerState(base, i) == SENT) {
                long at = operations.slots.peerAt(base, i);
                router.onSilence(memory.get(LONG, at + PEER_HANDLE));
            }
        }
    }

    /// Gives back the references.
    void release(long base) {
        for (int i = 0; i < chosen(base); i++) {
            long peer = memory.get(LONG, operations.slots.peerAt(base, i) + PEER_HANDLE);
            if (peer != PeerTable.NULL_PEER) {
                table.release(peer);
            }
        }
    }

    private boolean isRouted(long base) {
        int wanted = memory.get(INT, base + ASK_PEERS);
        return router != null
                && choiceOf(base) == PeerChoice.NEAREST
                && wanted > 0
                && wanted != SearchParameters.ALL;
    }

    private PeerChoice choiceOf(long base) {
        return PeerChoice.ofCode(memory.get(INT, base + CHOICE));
    }

    private int chosen(long base) {
        return memory.get(INT, base + CHOSEN);
    }

    /// A random choice without repetition from the view (reservoir sampling), all if all are
    /// wanted.
    private void chooseRandom(long base, int wanted) {
        PeerView view = sampling.view();
        int most = Math.min(Math.min(wanted, ranked.length), view.size());
        for (int i = 0; i < view.size() && most > 0; i++) {
            int place = i < most ? i : random.nextInt(i + 1);
            if (place < most) {
                ranked[place] = view.peerAt(i);
            }
        }
        memory.set(INT, base + CHOSEN, 0);
        for (int i = 0; i < most; i++) {
            add(base, ranked[i]);
        }
    }

    /// Where not enough peers are known by what they have, others will do.
    private void fillUp(long base, int most) {
        PeerView view = sampling.view();
        int first = view.size() == 0 ? 0 : random.nextInt(view.size());
        for (int i = 0; i < view.size() && chosen(base) < most; i++) {
            add(base, view.peerAt((first + i) % view.size()));
        }
    }

    /// The caller's peers were written when the search was begun; those that are not known any
    /// more cannot be asked.
    private void resolveGiven(long base) {
        for (int i = 0; i < chosen(base); i++) {
            long at = operations.slots.peerAt(base, i);
            long peer = table.find(memory.get(LONG, at));
            if (peer != PeerTable.NULL_PEER) {
                table.retain(peer);
            }
            memory.set(LONG, at + PEER_HANDLE, peer);
            memory.set(INT, at + PEER_STATE, peer == PeerTable.NULL_PEER ? SETTLED : UNSENT);
        }
    }

    private void add(long base, long peer) {
        int count = chosen(base);
        for (int i = 0; i < count; i++) {
            if (memory.get(LONG, operations.slots.peerAt(base, i) + PEER_HANDLE) == peer) {
                return;
            }
        }
        long at = operations.slots.peerAt(base, count);
        table.retain(peer);
        table.describe(peer, descriptor);
        memory.set(LONG, at, descriptor.shortId());
        memory.set(LONG, at + 8, descriptor.id1());
        memory.set(LONG, at + 16, descriptor.id2());
        memory.set(LONG, at + 24, descriptor.id3());
        memory.set(LONG, at + PEER_HANDLE, peer);
        memory.set(INT, at + PEER_STATE, UNSENT);
        memory.set(INT, base + CHOSEN, count + 1);
    }
}
