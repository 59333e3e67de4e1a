package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.overlay.PeerSampling;
import ai.bytesandbrains.engine.overlay.PeerSelections;
import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerView;
import ai.bytesandbrains.engine.sim.Chance;

/// A sampling service that knows all other nodes of a test. A node's handle is its number and one.
record OtherPeers(int self, int count, Chance chance) implements PeerSampling, PeerView {
    @Override
    public PeerView view() {
        return this;
    }

    @Override
    public long selectPeerNow(PeerSelector selector) {
        return peerAt(chance.nextInt(size()));
    }

    /// Peers that are waited for: nothing here does.
    @Override
    public PeerSelections selections() {
        throw new UnsupportedOperationException("OtherPeers answers at once");
    }

    @Override
    public int size() {
        return count - 1;
    }

    @Override
    public long peerAt(int index) {
        return 1L + (self + 1 + index) % count;
    }

    @Override
    public int ageAt(int index) {
        return 0;
    }
}
