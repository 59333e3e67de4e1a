package ai.bytesandbrains.engine.overlay;

/// Believes everything that could be a peer.
record TrustingPolicy(PeerTable table) implements DescriptorPolicy {

    @Override
    public long acquire(PeerDescriptor received, boolean solicited, long nowNs) {
        return table.acquire(received);
    }

    @Override
    public void describe(long peer, PeerDescriptor into) {
        table.describe(peer, into);
    }

    @Override
    public boolean isSigned() {
        return false;
    }
}
