package ai.bytesandbrains.engine.overlay;

import java.lang.foreign.MemorySegment;

/// Chooses the peers that are worth asking for what is near to a vector, from what is known of
/// their data. Belongs to the agent's thread; allocates nothing.
public interface PeerRouter {

    /// Ranks the known peers.
    ///
    /// @param vector holds float32 components in native byte order
    /// @param offset where, in bytes
    /// @param into receives handles, the most promising first; they carry no references
    /// @param most how many are wanted, at most as many as fit
    /// @return how many there are
    int rank(MemorySegment vector, long offset, long[] into, int most);

    /// {@return how many of those ranked last, from the first on, have together this share of what
    /// all known peers probably have near to the vector; no more than were ranked}
    ///
    /// @param share from 0 to 1
    int enough(float share);

    /// {@return how well what is known tells peers apart: 0.5 where data is spread at random and
    /// everybody is as good as anybody, up to 1 where everybody has something of his own; NaN if
    /// that is not known}
    float separation();

    /// Begins to ask for peers that may be better than those known.
    ///
    /// @param vector holds float32 components in native byte order; copied
    /// @param offset where, in bytes
    /// @param most how many peers may be asked
    /// @param patienceNs how long it may take
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @return a handle, or 0 if there is nobody to ask, no need to, or too much on its way
    long explore(MemorySegment vector, long offset, int most, long patienceNs, long nowNs);

    /// {@return whether an exploration is over; what it has found is ranked from then on}
    ///
    /// @param exploration its handle
    boolean isExplored(long exploration);

    /// Ends an exploration.
    ///
    /// @param exploration its handle, stale from now on
    /// @param into receives the handles of the peers that have answered; they carry no references
    /// @return how many those are
    int answered(long exploration, long[] into);

    /// Gives up an exploration that is not over.
    ///
    /// @param exploration its handle, stale from now on
    void abandon(long exploration);

    /// {@return how many peers were asked in the exploration that was ended last}
    int askedLast();

    /// Takes note that a peer did not answer in time: a reason to see whether it lives, not a proof
    /// that it is dead.
    ///
    /// @param peer its handle
    void onSilence(long peer);
}
