package ai.bytesandbrains.codecs.sbe;

/// Why a frame was dropped before any protocol saw it.
public enum DropReason {
    /// Shorter than a header.
    TRUNCATED,
    /// Without the seal that the network's key makes, in a network that has one.
    UNAUTHENTICATED,
    /// Not of this schema.
    FOREIGN_SCHEMA,
    /// Of a major version that this code cannot read.
    WRONG_VERSION,
    /// The length in the header is not the length of the frame.
    LENGTH_MISMATCH,
    /// From another network on the same wire.
    WRONG_NETWORK,
    /// Meant for another node.
    WRONG_RECEIVER,
    /// Sent by nobody, or by this node itself.
    BAD_SENDER,
    /// For a protocol that this node does not run.
    UNKNOWN_PROTOCOL,
    /// From a peer that has not been through the handshake in this incarnation.
    STRANGER,
    /// Seen already, or too old to tell.
    REPLAYED,
    /// Of a kind that this version of the protocol does not know.
    UNKNOWN_KIND,
    /// The body contradicts itself: counts and lengths that do not fit into the frame, addresses
    /// that are none.
    MALFORMED,
    /// The body names another sender than the header does.
    SENDER_MISMATCH,
    /// Longer than messages of its protocol are; or longer than this node reassembles, or a part of
    /// such a message (counted by the transport).
    OVERSIZED
}
