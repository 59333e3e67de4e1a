package ai.bytesandbrains.engine.gossip;

/// Which way views travel in an exchange that a node starts.
public enum GossipMode {
    /// To the partner only.
    PUSH(GossipKind.PUSH),
    /// From the partner only.
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
