package ai.bytesandbrains.engine.transfer;

import ai.bytesandbrains.engine.overlay.PeerTable;

/// A window of chunks on its way to a peer. A reusable place of [Transfer]'s.
final class Serving {

    /// Names the blob.
    final Outgoing name = new Outgoing();

    long peer = PeerTable.NULL_PEER;
    int first;
    int remaining;

    boolean isUsed() {
        return peer != PeerTable.NULL_PEER;
    }

    void begin(long peer, TransferMessage fetch) {
        this.peer = peer;
        name.of(TransferKind.FETCH, fetch);
        first = fetch.chunk();
        remaining = fetch.wanted() & Blob.windowMask(fetch.length(), first);
    }
}
