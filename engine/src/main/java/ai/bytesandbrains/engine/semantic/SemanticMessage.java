package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import java.lang.foreign.MemorySegment;

/// A message of the protocol, as a view: inbound over a received frame, outbound over the sender's
/// state. Valid only during the call that hands it over.
///
/// It carries entries, each of them a profile of some peer: which of the peer's profiles it is, how
/// often the peer has changed it, how many vectors it stands for, and the vector, as int8
/// components with one scale. The query of a find travels in the same form.
public interface SemanticMessage {

    /// {@return what it is}
    SemanticKind kind();

    /// {@return the number that ties an answer to its request}
    long requestId();

    /// {@return the components of every vector in it}
    int dimensions();

    /// Reads who sent it, so that a peer which does not know the sender can answer.
    ///
    /// @param into what to fill
    void sender(PeerDescriptor into);

    /// {@return how many entries it carries; those of the sender itself come first}
    int size();

    /// Reads whose profile an entry is.
    ///
    /// @param index from 0 to `size() - 1`
    /// @param into what to fill; in an inbound message its age may be any int
    void peerAt(int index, PeerDescriptor into);

    /// {@return which of its peer's profiles an entry is; from outside it may be any int}
    ///
    /// @param index from 0 to `size() - 1`
    int profileAt(int index);

    /// {@return how often the profile had changed; from outside it may be any int}
    ///
    /// @param index from 0 to `size() - 1`
    int versionAt(int index);

    /// {@return how much of its peer's data an entry stands for, as in [ProfileWeight]; from
    /// outside it may be any int}
    ///
    /// @param index from 0 to `size() - 1`
    int weightAt(int index);

    /// Copies the vector of an entry.
    ///
    /// @param index from 0 to `size() - 1`
    /// @param into receives `dimensions()` signed bytes
    /// @param offset where
    /// @return what they are to be multiplied with; from outside it may be any float
    float vectorAt(int index, MemorySegment into, long offset);

    /// {@return whom the sender knows; of size 0 if it does not say so}
    PeerDigest digest();

    /// {@return how many entries are wanted; of a find only}
    int wanted();

    /// {@return whether the farthest are wanted instead of the nearest; of a find only}
    boolean isFarthest();

    /// Copies the vector of a find.
    ///
    /// @param into receives `dimensions()` signed bytes
    /// @param offset where
    /// @return what they are to be multiplied with; from outside it may be any float
    float query(MemorySegment into, long offset);
}
