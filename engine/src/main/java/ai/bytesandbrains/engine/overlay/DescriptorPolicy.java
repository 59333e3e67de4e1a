package ai.bytesandbrains.engine.overlay;

import java.util.Objects;

/// Which peers that messages tell of a node takes into its table, and how it tells others of those
/// that it has. Protocols that carry descriptors in their messages ask it, and need not know
/// whether the network is one of signed descriptors.
///
/// For the agent's thread.
public interface DescriptorPolicy {

    /// {@return a policy that believes everything that could be a peer, and proves nothing}
    ///
    /// @param table the node's peers; stays the caller's
    static DescriptorPolicy trusting(PeerTable table) {
        return new TrustingPolicy(Objects.requireNonNull(table, "table"));
    }

    /// Takes a peer into the table, or finds it there, with one reference for the caller.
    ///
    /// @param received what came, valid in form; its age does not matter
    /// @param solicited whether it came with an answer to an own request
    /// @param nowNs the time, in nanoseconds of the protocol's clock
    /// @return its handle; [PeerTable#NULL_PEER] if it is not believed or there is no room
    long acquire(PeerDescriptor received, boolean solicited, long nowNs);

    /// Fills in a peer as others should be told of it, with its proof if it has one. The age is set
    /// to zero.
    ///
    /// @param peer a live handle
    /// @param into receives identity, address and proof
    void describe(long peer, PeerDescriptor into);

    /// {@return whether descriptors carry proofs, which take room in messages}
    boolean isSigned();
}
