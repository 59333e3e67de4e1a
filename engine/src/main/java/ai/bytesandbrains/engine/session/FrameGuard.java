package ai.bytesandbrains.engine.session;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;

/// What the inbound edge asks before a frame reaches a protocol. Single-threaded.
public interface FrameGuard {

    /// What becomes of a frame.
    enum Verdict {
        /// A peer that has a session, and a frame that it has not sent before.
        ADMITTED,
        /// Nobody knows the sender in this incarnation.
        STRANGER,
        /// Seen already, or too old to tell.
        REPLAYED
    }

    /// Looks at the header of a frame that is in order; an admitted frame counts as seen.
    ///
    /// @param sender the first 64 bits of the sender's identity
    /// @param incarnation the sender's start
    /// @param sequence the frame's number
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @return what becomes of it
    Verdict admit(long sender, long incarnation, long sequence, long nowNs);

    /// Hears of a sound frame that was not admitted because its sender is a stranger.
    ///
    /// @param claimed who it says it is from, and where he listens
    /// @param incarnation the sender's start
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    void onStranger(PeerDescriptor claimed, long incarnation, long nowNs);
}
