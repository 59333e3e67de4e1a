package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.GossipPqReader;
import ai.bytesandbrains.codecs.sbe.GossipPqWriter;
import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.gossippq.GossipPq;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.gossippq.GossipPqCounters;
import ai.bytesandbrains.engine.gossippq.GossipPqHistory;
import ai.bytesandbrains.engine.gossippq.GossipPqListener;
import ai.bytesandbrains.engine.gossippq.GossipPqLog;
import ai.bytesandbrains.engine.gossippq.GossipPqMessage;
import ai.bytesandbrains.engine.gossippq.NodeSecrets;
import ai.bytesandbrains.engine.gossippq.VectorSource;
import ai.bytesandbrains.engine.index.CodedIndex;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.Protocol;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/// Lets a node learn one codebook together with all others ([GossipPq]), and its index follow it.
///
/// ```
///   var learning = new CodebookLearning(config, secrets, vectors).encoding(index);
///   var node = new Node(NodeConfig.of("demo").withExtension(learning), index, factory);
///   ...
///   LearnedCodebook learned = learning.learned();        // any thread, any time
/// ```
///
/// All of it is done by the node's agent, in steps that are bounded by the budgets of
/// [GossipPqConfig]: at most one step of contributing, training, measuring and encoding each in a
/// duty cycle. Exchanges allocate nothing in steady state; a new epoch, a training, a fetched
/// codebook do.
///
/// **Threads.** To be set up before the node is made, for one node; then [#begin], [#learned],
/// [#counters], [#observe], [#messagesSent] and [#bytesSent] may be called from any thread, the
/// rest from none.
public final class CodebookLearning implements NodeExtension {
    /// Entries that are encoded in a duty cycle unless told otherwise.
    public static final int ENTRIES_PER_CYCLE = 4;

    private final GossipPqConfig config;
    private final NodeSecrets secrets;
    private final VectorSource vectors;
    private final Observations observations;
    private final AtomicLong messagesSent = new AtomicLong();
    private final AtomicLong bytesSent = new AtomicLong();
    private GossipPqHistory history = GossipPqHistory.NONE;
    private GossipPqLog log = GossipPqLog.NONE;
    private GossipPqListener listener = GossipPqListener.NONE;
    private CodedIndex index;
    private int entriesPerCycle;
    private volatile boolean begun = true;
    private volatile Part part;
    private volatile LearnedCodebook learned = LearnedCodebook.NONE;

    /// What a node brings along to learn with.
    ///
    /// @param config the parameters; the same in all nodes of the network but for what
    ///     [GossipPqConfig] names
    /// @param secrets the node's, kept over restarts
    /// @param vectors what the node contributes; read on the agent's thread
    public CodebookLearning(GossipPqConfig config, NodeSecrets secrets, VectorSource vectors) {
        this.config = Objects.requireNonNull(config, "config");
        this.secrets = Objects.requireNonNull(secrets, "secrets");
        this.vectors = Objects.requireNonNull(vectors, "vectors");
        observations = new Observations(config.metric(), config.dimensions());
    }

    /// Lets an index follow the codebook: it goes over to each final one.
    ///
    /// @param follower the index, which is the agent's while the node runs; stays the caller's
    /// @return this
    /// @throws IllegalArgumentException if it has another metric or other dimensions
    public CodebookLearning encoding(CodedIndex follower) {
        return encoding(follower, ENTRIES_PER_CYCLE);
    }

    /// As the other form, at another speed.
    ///
    /// @param follower the index
    /// @param entries how many are encoded in a duty cycle
    /// @return this
    /// @throws IllegalArgumentException if it has another metric or other dimensions, or `entries`
    ///     is not positive
    public CodebookLearning encoding(CodedIndex follower, int entries) {
        if (follower.space().metric() != config.metric()
                || follower.space().dimensions() != config.dimensions()) {
            throw new IllegalArgumentException(
                    "index: metric=%s dimensions=%d must be those of the codebook, %s and %d"
                            .formatted(
                                    follower.space().metric(),
                                    follower.space().dimensions(),
                                    config.metric(),
                                    config.dimensions()));
        }
        if (entries < 1) {
            throw new IllegalArgumentException("entries=" + entries + ": expected at least 1");
        }
        index = follower;
        entriesPerCycle = entries;
        return this;
    }

    /// Goes on where the node was before it was restarted, and takes down what it will need after
    /// the next time.
    ///
    /// @param before what was taken down before
    /// @param from takes down what comes; called on the agent's thread
    /// @return this
    public CodebookLearning restoring(GossipPqHistory before, GossipPqLog from) {
        history = Objects.requireNonNull(before, "before");
        log = Objects.requireNonNull(from, "from");
        return this;
    }

    /// Tells somebody of epochs and codebooks.
    ///
    /// @param hears called on the agent's thread, which it must not keep; must not throw
    /// @return this
    public CodebookLearning telling(GossipPqListener hears) {
        listener = Objects.requireNonNull(hears, "hears");
        return this;
    }

    /// Lets the node wait for [#begin] before it contributes anything, or listens.
    ///
    /// @return this
    public CodebookLearning waiting() {
        begun = false;
        return this;
    }

    /// Begins to learn, if the node was to wait. Any thread.
    public void begin() {
        begun = true;
    }

    /// Tells of a vector that the node got after the codebook was made. When the data of enough
    /// nodes have moved away from the codebook, the next epoch opens. Any thread.
    ///
    /// @param vector the vector; copied
    /// @return false if too many are waiting to be looked at: this one is left out
    /// @throws IllegalArgumentException if it has other dimensions
    public boolean observe(float[] vector) {
        return observations.offer(vector);
    }

    /// {@return what the node has learned so far}
    public LearnedCodebook learned() {
        return learned;
    }

    /// {@return what the protocol has done so far; may be slightly old}
    ///
    /// @throws IllegalStateException if there is no node yet
    public GossipPqCounters counters() {
        Part open = part;
        if (open == null) {
            throw new IllegalStateException("no node has been made with this");
        }
        return open.protocol.counters();
    }

    /// {@return messages of the protocol that the node has sent}
    public long messagesSent() {
        return messagesSent.get();
    }

    /// {@return bytes of the frames that they were}
    public long bytesSent() {
        return bytesSent.get();
    }

    /// None: partners are drawn anew for each exchange, and forgotten when they cannot be reached.
    @Override
    public int maxReferencedPeers() {
        return 0;
    }

    @Override
    public NodeProtocol<?> open(NodeContext node) {
        if (part != null) {
            throw new IllegalStateException("a node has been made with this already");
        }
        int body = GossipPq.maxBodyBytes(config);
        GossipPqReader reader =
                new GossipPqReader(config.subspaceDimensions(), config.subspaces(), body);
        if (reader.maxFrameLength() > node.maxFrameLength()) {
            throw new IllegalArgumentException(
                    "dimensions=%d subspaces=%d: a message takes %d bytes, the transport carries %d"
                            .formatted(
                                    config.dimensions(),
                                    config.subspaces(),
                                    reader.maxFrameLength(),
                                    node.maxFrameLength()));
        }
        Part opened = new Part(node, new GossipPqWriter(body));
        part = opened;
        return new NodeProtocol<>(opened, reader, opened);
    }

    private static void add(AtomicLong counter, long count) {
        // The agent is the only one that counts.
        counter.setRelease(counter.getPlain() + count);
    }

    /// The protocol in the node, and what the agent does beside it.
    private final class Part implements Protocol<GossipPqMessage>, GossipPqListener, AutoCloseable {
        private final GossipPqWriter writer;
        private final Outbox<GossipPqMessage> outbox;
        private final GossipPq protocol;

        Part(NodeContext node, GossipPqWriter writer) {
            this.writer = writer;
            outbox = node.outbox(writer);
            protocol =
                    new GossipPq(
                            config,
                            secrets,
                            vectors,
                            node.sampling(),
                            node.random(),
                            this::send,
                            this,
                            node.nowNs());
            try {
                protocol.restore(history, log);
            } catch (RuntimeException | Error e) {
                protocol.close();
                throw e;
            }
        }

        private boolean send(long peer, GossipPqMessage message) {
            boolean sent = outbox.send(peer, message);
            if (sent) {
                add(messagesSent, 1);
                add(bytesSent, writer.frameLength(message));
            }
            return sent;
        }

        @Override
        public int protocolId() {
            return protocol.protocolId();
        }

        @Override
        public int poll(long nowNs) {
            if (!begun) {
                return 0;
            }
            int work = protocol.poll(nowNs) + encode() + observations.drain(protocol);
            if (work > 0 && learned.codebook() != protocol.codebook()) {
                // The sample has changed since: what was trained from it no longer holds.
                publish();
            }
            return work;
        }

        private int encode() {
            if (index == null || index.next() == null) {
                return 0;
            }
            if (index.step(entriesPerCycle)) {
                publish();
            }
            return 1;
        }

        @Override
        public long nextDeadlineNs(long nowNs) {
            boolean busy = !observations.isEmpty() || (index != null && index.next() != null);
            return busy ? nowNs : protocol.nextDeadlineNs(nowNs);
        }

        @Override
        public int onMessage(long fromPeer, GossipPqMessage message, long nowNs) {
            return begun ? protocol.onMessage(fromPeer, message, nowNs) : 0;
        }

        @Override
        public void onConnectionFailed(long peer, long nowNs) {
            protocol.onConnectionFailed(peer, nowNs);
        }

        @Override
        public void onEpoch(int epoch) {
            publish();
            listener.onEpoch(epoch);
        }

        @Override
        public void onCodebook(Codebook codebook, int epoch) {
            publish();
            listener.onCodebook(codebook, epoch);
        }

        @Override
        public void onFrozen(Codebook codebook, int epoch) {
            if (index != null) {
                index.begin(codebook);
            }
            publish();
            listener.onFrozen(codebook, epoch);
        }

        private void publish() {
            Codebook codebook = protocol.codebook();
            Codebook coding = index == null ? null : index.codebook();
            learned =
                    new LearnedCodebook(
                            protocol.epoch(),
                            codebook,
                            protocol.isFrozen(),
                            protocol.previous(),
                            protocol.rounds(),
                            codebook != null && coding != null && coding.hasSameId(codebook));
        }

        @Override
        public void close() {
            protocol.close();
        }
    }
}
