package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.PeerRouter;

import java.lang.foreign.MemorySegment;

/// Routes by the profiles that one node of the overlay knows, and finds more where it does not know
/// all: as long as no profile had to be forgotten for want of room, what is known is taken for all
/// there is, and nobody has to be asked.
///
/// Whether profiles tell peers apart is found out on vectors of the node's own that were left out
/// when its profiles were made ([#test]): where data is spread at random, a random half of the
/// other peers has a profile nearer to them than the node itself.
///
/// Single-threaded; allocates nothing.
public final class ProfileRouter implements PeerRouter {

    /// With fewer peers than these the share of those that are farther says nothing.
    private static final int LEAST_PEERS = 3;

    private static final float NEWEST_SHARE = 1 / 16f;

    private final SemanticLogic logic;
    private final SemanticOverlay overlay;
    private final FindOperations finds;
    private final int slot;
    private float separation = Float.NaN;
    private int asked;

    ProfileRouter(SemanticLogic logic, SemanticOverlay overlay, int slot) {
        this.logic = logic;
        this.overlay = overlay;
        this.slot = slot;
        finds = logic.finds();
    }

    @Override
    public int rank(MemorySegment vector, long offset, long[] into, int most) {
        return logic.rank(slot, vector, offset, into, most);
    }

    @Override
    public int enough(float share) {
        return logic.enough(share);
    }

    @Override
    public float separation() {
        return separation;
    }

    /// Takes a vector of the node's own into account.
    ///
    /// @param vector holds float32 components in native byte order
    /// @param offset where, in bytes
    public void test(MemorySegment vector, long offset) {
        float share = logic.separation(slot, vector, offset, LEAST_PEERS);
        if (Float.isNaN(separation) || Float.isNaN(share)) {
            separation = share;
        } else {
            separation += NEWEST_SHARE * (share - separation);
        }
    }

    @Override
    public long explore(MemorySegment vector, long offset, int most, long patienceNs, long nowNs) {
        if (most < 1 || logic.knowsAll(slot)) {
            return OpTable.NULL_OP;
        }
        int beam = Math.min(most, FindParameters.MAX_BEAM);
        long op = finds.begin(vector, offset, beam, most, patienceNs, nowNs);
        if (op != OpTable.NULL_OP) {
            overlay.start(op, nowNs);
        }
        return op;
    }

    @Override
    public boolean isExplored(long exploration) {
        return finds.isFinished(exploration);
    }

    @Override
    public int answered(long exploration, long[] into) {
        asked = finds.peersAsked(exploration);
        int count = finds.answered(exploration, logic.table(), into);
        finds.finish(exploration);
        return count;
    }

    @Override
    public void abandon(long exploration) {
        finds.abandon(exploration);
    }

    @Override
    public int askedLast() {
        return asked;
    }

    @Override
    public void onSilence(long peer) {
        logic.suspect(slot, peer);
    }
}
