package ai.bytesandbrains.transport.aeron;

/// What became of a send. Whatever is not taken has changed nothing: the sender may try again, or
/// let it be.
public enum SendResult {

    /// On its way.
    SENT,

    /// Taken, and kept until the connection has been made.
    WAITING,

    /// The receiver, or the network, is behind.
    BACK_PRESSURE,

    /// The receiver has gone from its stream, or the stream has come to its end: the connection
    /// is being made anew.
    NOT_CONNECTED,

    /// As much as can be kept waits for the connection already.
    NO_ROOM,

    /// All connections are in use.
    NO_LINK,

    /// The peer has no address that the transport serves; the protocols will be told.
    UNREACHABLE,

    /// No frame can be so long.
    TOO_LONG,

    /// The transport has no media driver at present.
    NO_DRIVER;

    /// {@return whether the transport sends it, now or later}
    public boolean isTaken() {
        return this == SENT || this == WAITING;
    }
}
