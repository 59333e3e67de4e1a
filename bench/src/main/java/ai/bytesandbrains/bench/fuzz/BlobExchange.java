package ai.bytesandbrains.bench.fuzz;

import ai.bytesandbrains.codecs.sbe.TransferReader;
import ai.bytesandbrains.codecs.sbe.TransferWriter;
import ai.bytesandbrains.engine.overlay.PeerView;
import ai.bytesandbrains.engine.overlay.Protocol;
import ai.bytesandbrains.engine.transfer.Blob;
import ai.bytesandbrains.engine.transfer.BlobSource;
import ai.bytesandbrains.engine.transfer.Transfer;
import ai.bytesandbrains.engine.transfer.TransferConfig;
import ai.bytesandbrains.engine.transfer.TransferListener;
import ai.bytesandbrains.engine.transfer.TransferMessage;
import ai.bytesandbrains.transport.aeron.NodeContext;
import ai.bytesandbrains.transport.aeron.NodeExtension;
import ai.bytesandbrains.transport.aeron.NodeProtocol;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Lets a node fetch a blob from one peer after the other, all the time. All nodes have the same.
final class BlobExchange implements NodeExtension, TransferListener {

    private static final int BYTES = 20_001;
    private static final TransferConfig CONFIG =
            new TransferConfig(
                    1,
                    4,
                    BYTES,
                    8,
                    TimeUnit.MILLISECONDS.toNanos(2),
                    TimeUnit.MILLISECONDS.toNanos(20));
    private static final MemorySegment CONTENT = MemorySegment.ofArray(content());
    private static final Blob BLOB = Blob.of(CONTENT);

    private final SplittableRandom random;
    private final MemorySegment fetched = MemorySegment.ofArray(new byte[BYTES]);
    private final BlobSource source = _ -> CONTENT;
    private int fetch = Transfer.NO_FETCH;
    private boolean ended = true;
    private long complete;

    BlobExchange(final SplittableRandom random) {
        this.random = random;
    }

    private static byte[] content() {
        final byte[] bytes = new byte[BYTES];
        new SplittableRandom(1).nextBytes(bytes);
        return bytes;
    }

    /// How many came whole.
    long complete() {
        return complete;
    }

    @Override
    public int maxReferencedPeers() {
        return CONFIG.fetches() + CONFIG.servings();
    }

    @Override
    public NodeProtocol<?> open(final NodeContext node) {
        final Transfer transfer =
                new Transfer(CONFIG, node.peers(), source, this, node.outbox(new TransferWriter()));
        return new NodeProtocol<>(new Fetching(transfer, node), new TransferReader(), transfer);
    }

    @Override
    public void onOffer(final long peer, final TransferMessage offer) {}

    @Override
    public void onFetchEnded(final int which, final Outcome outcome) {
        ended = true;
        if (outcome == Outcome.COMPLETE) {
            if (fetched.mismatch(CONTENT) >= 0) {
                throw new IllegalStateException("a blob came whole, and is another one");
            }
            complete++;
        }
        if (outcome == Outcome.COMPLETE || outcome == Outcome.CORRUPT) {
            fetch = Transfer.NO_FETCH;
        }
    }

    /// The protocol, and who sees to it that there is always something to do.
    private final class Fetching implements Protocol<TransferMessage> {
        private final Transfer transfer;
        private final NodeContext node;

        Fetching(final Transfer transfer, final NodeContext node) {
            this.transfer = transfer;
            this.node = node;
        }

        @Override
        public int protocolId() {
            return transfer.protocolId();
        }

        @Override
        public int poll(final long nowNs) {
            final PeerView view = node.sampling().view();
            if (ended && view.size() > 0) {
                fetchFrom(view.peerAt(random.nextInt(view.size())), nowNs);
            }
            return transfer.poll(nowNs);
        }

        /// A fetch that came to nothing goes on with somebody else.
        private void fetchFrom(final long peer, final long nowNs) {
            ended = false;
            if (fetch == Transfer.NO_FETCH) {
                fetch = transfer.fetch(peer, BLOB, fetched, nowNs);
            } else {
                transfer.resume(fetch, peer, nowNs);
            }
        }

        @Override
        public int onMessage(final long fromPeer, final TransferMessage message, final long nowNs) {
            return transfer.onMessage(fromPeer, message, nowNs);
        }

        @Override
        public long nextDeadlineNs(final long nowNs) {
            return transfer.nextDeadlineNs(nowNs);
        }

        @Override
        public void onConnectionFailed(final long peer, final long nowNs) {
            transfer.onConnectionFailed(peer, nowNs);
        }
    }
}
