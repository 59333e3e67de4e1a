package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.codec.Codebook;

import java.lang.foreign.MemorySegment;

/// Takes down what a node has to know again after a restart, in the order in which it came to be: a
/// node that is given any first part of it goes on as if it had been stopped there. Whoever keeps
/// it replays it into another one ([GossipPqHistory]).
///
/// Called on the agent's thread in the middle of the protocol's work; must not call back into it.
public interface GossipPqLog {

    /// Takes down nothing.
    GossipPqLog NONE =
            new GossipPqLog() {
                @Override
                public void onEpoch(int epoch, long space) {}

                @Override
                public void onItems(
                        int epoch,
                        int subspace,
                        int count,
                        boolean weighted,
                        MemorySegment items) {}

                @Override
                public void onContributed(int epoch) {}

                @Override
                public void onFinal(Codebook codebook, int epoch) {}
            };

    /// The node is in another epoch. What was of earlier ones but their final codebooks is no
    /// longer of use.
    ///
    /// @param epoch its number, from 0
    /// @param space what network and configuration hash to in this epoch; a node of another
    ///     configuration can do nothing with what follows
    void onEpoch(int epoch, long space);

    /// Items came into a sample.
    ///
    /// @param epoch the epoch
    /// @param subspace of which subspace
    /// @param count how many; some may have been there already
    /// @param weighted whether they have weights
    /// @param items in their wire form ([ItemLayout]), valid during the call
    void onItems(int epoch, int subspace, int count, boolean weighted, MemorySegment items);

    /// All that the node itself contributes to an epoch is in its samples.
    ///
    /// @param epoch the epoch
    void onContributed(int epoch);

    /// The codebook of an epoch is final.
    ///
    /// @param codebook the codebook, its centroids exact in half precision
    /// @param epoch its epoch
    void onFinal(Codebook codebook, int epoch);
}
