package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.DropCounters;
import ai.bytesandbrains.codecs.sbe.FrameDispatcher;
import ai.bytesandbrains.codecs.sbe.FrameStamp;
import ai.bytesandbrains.codecs.sbe.MessageWriter;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

/// Moves the frames of one node. Owned by the node's agent thread; steady state allocates nothing.
/// A duty cycle begins with [#poll], which also tells the transport the time.
///
/// Connections are made by sending: a frame to a peer that is not connected yet is kept until it
/// is, within bounds, so protocols know peers and no connections.
public interface Transport extends AutoCloseable {

    /// Opens transports.
    interface Factory {

        /// Opens the transport of one node. May block, allocates.
        ///
        /// @param peers the node's peers, where addresses come from
        /// @param drops counts what is dropped before it is a frame
        /// @return the transport, listening
        Transport open(PeerTable peers, DropCounters drops);
    }

    /// A number that other processes can read.
    @FunctionalInterface
    interface Gauge {

        /// Sets it. Allocates nothing.
        ///
        /// @param value the number
        void set(long value);
    }

    /// Hears of peers that cannot be reached.
    @FunctionalInterface
    interface FailureListener {

        /// A connection could not be made, or was lost and not made again in time.
        ///
        /// @param peer the peer's handle, live during this call
        void onConnectionFailed(long peer);
    }

    /// {@return where others reach this node}
    Address localAddress();

    /// {@return the longest frame it carries, in bytes}
    int maxFrameLength();

    /// {@return the most fragments that a node takes in a duty cycle}
    default int fragmentLimit() {
        return 16;
    }

    /// {@return the most peers it holds on to at once, each with a reference in the peer table}
    int maxConnections();

    /// Encodes a message into the transport and sends it.
    ///
    /// @param <M> the protocol's message interface
    /// @param toPeer a live handle
    /// @param message the message
    /// @param writer encodes it
    /// @param stamp what goes into the frame's header
    /// @return whether it was taken, and if not, why
    <M> SendResult send(long toPeer, M message, MessageWriter<M> writer, FrameStamp stamp);

    /// Encodes a small message and sends it to an address that no peer in the table stands for. Few
    /// such addresses are served at a time, apart from those of peers.
    ///
    /// @param <M> the protocol's message interface
    /// @param to who and where
    /// @param message the message
    /// @param writer encodes it
    /// @param stamp what goes into the frame's header
    /// @return whether it was taken, and if not, why
    <M> SendResult probe(PeerDescriptor to, M message, MessageWriter<M> writer, FrameStamp stamp);

    /// Hands over what has arrived.
    ///
    /// @param dispatcher takes the frames
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @param limit the most fragments that are taken; a transport may take fewer
    /// @return how many fragments were taken
    int poll(FrameDispatcher dispatcher, long nowNs, int limit);

    /// Opens, watches and closes connections.
    ///
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @param listener hears of peers that cannot be reached
    /// @return how much was done
    int maintain(long nowNs, FailureListener listener);

    /// Opens a number that other processes can read, where the transport has a place for that.
    /// Allocates; it goes when the transport is closed.
    ///
    /// @param label what it is called there
    /// @return the number; one that nobody reads where there is no such place
    default Gauge gauge(String label) {
        return value -> {};
    }

    /// {@return what was moved so far}
    TransportCounters counters();

    /// Closes everything; nothing is left behind.
    @Override
    void close();
}
