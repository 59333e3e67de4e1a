package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.FrameStamp;
import ai.bytesandbrains.codecs.sbe.MessageWriter;
import ai.bytesandbrains.engine.overlay.Outbox;

/// The outbox of one protocol, the same for every transport.
///
/// @param <M> the protocol's message interface
final class TransportOutbox<M> implements Outbox<M> {

    private final Transport transport;
    private final MessageWriter<M> writer;
    private final FrameStamp stamp;

    TransportOutbox(Transport transport, MessageWriter<M> writer, FrameStamp stamp) {
        this.transport = transport;
        this.writer = writer;
        this.stamp = stamp;
    }

    @Override
    public boolean send(long toPeer, M message) {
        return transport.send(toPeer, message, writer, stamp).isTaken();
    }
}
