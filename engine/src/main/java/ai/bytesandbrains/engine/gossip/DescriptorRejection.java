package ai.bytesandbrains.engine.gossip;

/// Why a node of a signed network did not take a peer that a message named.
public enum DescriptorRejection {
    /// It carries no proof.
    UNSIGNED,
    /// Its identity is not the hash of its key.
    WRONG_KEY,
    /// It was signed too long ago.
    EXPIRED,
    /// It says that it was signed at a time that has not come yet.
    FROM_THE_FUTURE,
    /// A later start of the same peer is known.
    REPLAYED,
    /// The signature is not over this identity, address and time, in this network.
    BAD_SIGNATURE,
    /// So many proofs had to be checked in this period that there was no time for this one.
    OVER_BUDGET
}
