package ai.bytesandbrains.engine.semantic;

/// The list of whom the sender of a message knows, as a view that is valid as long as the message.
/// The sender itself is the first in it; a message without a list has one of size 0.
///
/// A list covers one part of all peers: those whose short id, times the golden ratio's
/// `0x9e3779b97f4a7c15`, begins with [#partBits] bits that are [#part]. Others may be in it as
/// well.
public interface PeerDigest {

    /// {@return how many peers are in it}
    int size();

    /// {@return how many bits tell the parts of all peers, 0 if there is one part; from outside it
    /// may be any int}
    int partBits();

    /// {@return which part the list covers; from outside it may be any int}
    int part();

    /// {@return the short id of a peer; from outside it may be anybody's}
    ///
    /// @param index from 0 to `size() - 1`
    long idAt(int index);

    /// {@return how many cycles ago somebody last heard of the peer, up to [#MAX_AGE]}
    ///
    /// @param index from 0 to `size() - 1`
    int ageAt(int index);

    /// {@return a bit for each profile of the peer that the sender knows}
    ///
    /// @param index from 0 to `size() - 1`
    int profilesAt(int index);

    /// {@return what differs where the versions of these profiles do, but for chance: with v = 0,
    /// `v = 31 v + version` for each of them in ascending order, and the lowest sixteen bits of
    /// that}
    ///
    /// @param index from 0 to `size() - 1`
    int versionsAt(int index);

    /// The greatest age in a list; whoever was last heard of before that is not listed.
    int MAX_AGE = 0xffff;

    /// The most bits that tell parts.
    int MAX_PART_BITS = 16;
}
