package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.PeerSampling;
import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerTable;

/// The random layer beneath the overlay, for all slots of a logic.
@FunctionalInterface
public interface RandomPeers {

    /// Chooses a random peer for a node.
    ///
    /// @param slot the node
    /// @return its handle, or [PeerTable#NULL_PEER] if there is none
    long select(int slot);

    /// {@return the peers of one node's sampling service, for a logic of one slot}
    ///
    /// @param sampling the service
    static RandomPeers of(PeerSampling sampling) {
        return slot -> sampling.selectPeerNow(PeerSelector.UNIFORM);
    }
}
