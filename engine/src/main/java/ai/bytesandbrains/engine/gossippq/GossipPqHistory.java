package ai.bytesandbrains.engine.gossippq;

/// What a [GossipPqLog] took down before a node was restarted.
@FunctionalInterface
public interface GossipPqHistory {

    /// There is nothing.
    GossipPqHistory NONE = log -> {};

    /// Tells it again, in the same order.
    ///
    /// @param log hears it
    void replay(GossipPqLog log);
}
