package ai.bytesandbrains.bench.latency;

import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.Protocol;

import org.agrona.CloseHelper;

/// A message that is sent back as it came: header, encoding, checks and decoding of both sides
/// through the product's transport, and no protocol.
///
/// @param <M> what is sent
abstract class Echo<M> implements RoundTrip {

    final Side<M> asking;
    final Side<M> answering;

    private final long answerer;
    private final long asker;
    private final Outbox<M> ping;
    private final Outbox<M> pong;
    private final OwnLine answered = new OwnLine();

    /// Binds both sides, which are this one's from now on.
    ///
    /// @param protocolId whose messages these are
    Echo(final Side<M> asking, final Side<M> answering, final int protocolId) {
        this.asking = asking;
        this.answering = answering;
        answerer = asking.know(answering.self());
        asker = answering.know(asking.self());
        ping = asking.outbox();
        pong = answering.outbox();
        asking.bind(new Receiver<>(protocolId, this::onAnswer));
        answering.bind(new Receiver<>(protocolId, message -> pong.send(asker, echo(message))));
    }

    /// The next message to be asked.
    abstract M next();

    /// What a message is answered with: itself, as far as it can be.
    abstract M echo(M received);

    /// Reads all of an answer, as a protocol would, and says whether it is that to the last
    /// question.
    abstract boolean isAnswer(M received);

    private void onAnswer(final M message) {
        if (isAnswer(message)) {
            answered.set(1);
        }
    }

    @Override
    public boolean start() {
        answered.set(0);
        return ping.send(answerer, next());
    }

    @Override
    public boolean poll() {
        asking.poll();
        return answered.get() != 0;
    }

    @Override
    public int respond() {
        return answering.poll();
    }

    @Override
    public void rest() {
        asking.requireNothingDropped();
        answering.requireNothingDropped();
        asking.poll();
        answering.poll();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(asking, answering);
    }

    /// Takes a decoded message.
    ///
    /// @param <M> what it is
    @FunctionalInterface
    private interface Handler<M> {
        void onMessage(M message);
    }

    /// Stands where a protocol stands in a node.
    private record Receiver<M>(int protocolId, Handler<M> handler) implements Protocol<M> {
        @Override
        public int poll(final long nowNs) {
            return 0;
        }

        @Override
        public int onMessage(final long fromPeer, final M message, final long nowNs) {
            handler.onMessage(message);
            return 1;
        }

        @Override
        public long nextDeadlineNs(final long nowNs) {
            return nowNs + Long.MAX_VALUE / 2;
        }

        @Override
        public void onConnectionFailed(final long peer, final long nowNs) {
            throw new IllegalStateException("the other side cannot be reached");
        }
    }
}
