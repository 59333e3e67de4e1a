package ai.bytesandbrains.engine.overlay;

import ai.bytesandbrains.engine.op.OpTable;

/// Peers being selected: what [PeerSampling#selectPeer] hands out handles of. A local sampler
/// answers at once, so its handles are finished when they are handed out; one that has to ask the
/// network completes them later.
///
/// ```
///   long op = sampling.selectPeer(PeerSelector.UNIFORM);
///   if (op != OpTable.NULL_OP && selections.isFinished(op)) {
///       long peer = selections.peer(op);         // live until finish, NULL_PEER if there is none
///       ...
///       selections.finish(op);
///   }
/// ```
///
/// A finished selection holds one reference to its peer, so that the handle of the peer stays live
/// however the view changes. Owned by the node's agent thread, since peers are; allocates nothing
/// after construction.
public final class PeerSelections {

    private final OpTable operations;
    private final PeerTable table;
    private final long[] peers;

    /// Makes room for selections.
    ///
    /// @param capacity the most at once, from 1
    /// @param table the peers; stays the caller's
    /// @throws IllegalArgumentException if the capacity is not positive
    public PeerSelections(int capacity, PeerTable table) {
        this.operations = new OpTable(capacity);
        this.table = table;
        this.peers = new long[capacity];
    }

    /// {@return the most selections at once}
    public int capacity() {
        return operations.capacity();
    }

    /// {@return whether the peer is there}
    ///
    /// @param op a handle that is not finished
    /// @throws IllegalStateException if the handle is stale
    public boolean isFinished(long op) {
        return operations.isFinished(op);
    }

    /// {@return the selected peer, or [PeerTable#NULL_PEER] if there was none to select}
    ///
    /// @param op a finished selection
    /// @throws IllegalStateException if it is not finished, or the handle is stale
    public long peer(long op) {
        if (!operations.isFinished(op)) {
            throw new IllegalStateException("operation=0x%016x is not finished".formatted(op));
        }
        return peers[OpTable.slotOf(op)];
    }

    /// Gives the peer back; the handle is stale from now on.
    ///
    /// @param op a finished selection
    /// @throws IllegalStateException if it is not finished, or the handle is stale
    public void finish(long op) {
        long peer = peer(op);
        operations.finish(op);
        if (peer != PeerTable.NULL_PEER) {
            table.release(peer);
        }
    }

    /// Gives up a selection, finished or not.
    ///
    /// @param op its handle, stale from now on
    /// @throws IllegalStateException if the handle is stale
    public void abandon(long op) {
        if (operations.isFinished(op)) {
            finish(op);
        } else {
            operations.abandon(op);
        }
    }

    // ---- the sampler's side

    /// Begins a selection.
    ///
    /// @return its handle, or [OpTable#NULL_OP] if as many as possible are on their way
    public long begin() {
        long op = operations.claim();
        if (op != OpTable.NULL_OP) {
            operations.submit(op);
        }
        return op;
    }

    /// Ends a selection. Every one that was begun has to be ended, exactly once.
    ///
    /// @param op its handle
    /// @param peer a live handle, of which a reference is taken, or [PeerTable#NULL_PEER]
    public void complete(long op, long peer) {
        if (!operations.isAbandoned(op)) {
            if (peer != PeerTable.NULL_PEER) {
                table.retain(peer);
            }
            peers[OpTable.slotOf(op)] = peer;
        }
        operations.complete(op);
    }

    /// Begins and ends a selection: what a local sampler does.
    ///
    /// @param peer a live handle, of which a reference is taken, or [PeerTable#NULL_PEER]
    /// @return a finished selection, or [OpTable#NULL_OP] if as many as possible are on their way
    public long completed(long peer) {
        long op = begin();
        if (op != OpTable.NULL_OP) {
            complete(op, peer);
        }
        return op;
    }
}
