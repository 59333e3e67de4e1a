package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.MessageWriter;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerSampling;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.random.RandomGenerator;

/// What a node has for a [NodeExtension]. All of it is the agent's: to be used on its thread, and
/// not after the node has closed.
public interface NodeContext {

    /// {@return who the node is and where it listens}
    Peer self();

    /// {@return the peers that the node knows; [NodeExtension#maxReferencedPeers] of its places are
    /// for the extension}
    PeerTable peers();

    /// {@return where partners come from}
    PeerSampling sampling();

    /// {@return what the node has to search}
    Index index();

    /// {@return chance that nobody outside can guess}
    RandomGenerator random();

    /// {@return the time, in nanoseconds of the clock that the protocol will be polled with}
    long nowNs();

    /// {@return the longest frame that the transport carries, in bytes, less those that the node
    /// needs itself}
    int maxFrameLength();

    /// {@return the way out: into frames of the node, to peers that have a session with it}
    ///
    /// @param <M> the protocol's message interface
    /// @param writer encodes the messages
    <M> Outbox<M> outbox(MessageWriter<M> writer);
}
