package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.codec.Codebook;

/// Hears what the protocol has come to. Called on the agent's thread in the middle of the
/// protocol's work: the callee must not call back into it.
public interface GossipPqListener {

    /// Ignores everything.
    GossipPqListener NONE = new GossipPqListener() {};

    /// An epoch began: the node collects a sample anew. The codebook so far stays usable.
    ///
    /// @param epoch its number
    default void onEpoch(int epoch) {}

    /// There is a codebook that was not there before.
    ///
    /// @param codebook what was trained or fetched
    /// @param epoch its epoch
    default void onCodebook(Codebook codebook, int epoch) {}

    /// The codebook of an epoch is final: time to encode.
    ///
    /// @param codebook the codebook
    /// @param epoch its epoch
    default void onFrozen(Codebook codebook, int epoch) {}
}
