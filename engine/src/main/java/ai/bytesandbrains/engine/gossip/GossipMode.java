package ai.bytesandbrains.engine.gossip;

/// Which way views travel in an exchange that a node starts.
public enum GossipMode {
    /// To the partner only. Nothing answers, so a dead partner is noticed only when the transport
    /// fails, or leaves when merges remove the oldest.
    PUSH(GossipKind.PUSH),
    /// From the partner only. A node that nobody pushes to learns only from those it knows, so a
    /// network of such nodes cannot grow from one seed peer.
    PULL(GossipKind.PULL),
    /// Both ways; the only one that keeps a network well mixed (Jelasity et al. 2007, section 4).
    PUSH_PULL(GossipKind.PUSH_PULL);

    private final GossipKind request;

    GossipMode(GossipKind request) {
        this.request = request;
    }

    GossipKind request() {
        return request;
    }
}
