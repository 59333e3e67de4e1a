package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.bytesandbrains.codecs.sbe.TransferReader;
import ai.bytesandbrains.codecs.sbe.TransferWriter;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.transfer.Blob;
import ai.bytesandbrains.engine.transfer.Transfer;
import ai.bytesandbrains.engine.transfer.TransferConfig;
import ai.bytesandbrains.engine.transfer.TransferListener;
import ai.bytesandbrains.engine.transfer.TransferMessage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

class NodeExtensionTest {

    private static final long SEED = 20_261;
    private static final GossipConfig GOSSIP =
            GossipConfig.defaults().withTimes(Cluster.ms(10), Cluster.ms(60), Cluster.ms(5));

    private final ManualClock clock = new ManualClock();
    private final MemoryNetwork network = new MemoryNetwork(1 << 16);
    private final Cluster cluster =
            new Cluster(8, 10, SEED).beforeStep(() -> clock.advance(Cluster.ms(1)));

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void shouldCarryAProtocolThatTheNodeDoesNotKnow() {
        byte[] bytes = new byte[100_000];
        new SplittableRandom(SEED).nextBytes(bytes);
        Sharing giver = new Sharing(bytes);
        Sharing taker = new Sharing(new byte[0]);
        add(1, giver);
        add(2, taker);
        cluster.join();

        giver.offer();
        cluster.until("the blob is there", () -> taker.outcome != null);

        assertThat(taker.outcome).isEqualTo(TransferListener.Outcome.COMPLETE);
        assertThat(taker.taken).isEqualTo(bytes);
    }

    @Test
    void shouldCloseWhatItHasOpened() {
        Sharing sharing = new Sharing(new byte[] {1});
        add(1, sharing);

        cluster.close();

        assertThat(sharing.closed).isTrue();
    }

    @Test
    void shouldRefuseANumberThatIsTakenAndCloseWhatIsOpen() {
        Sharing first = new Sharing(new byte[] {1});
        Sharing second = new Sharing(new byte[] {2});
        NodeConfig config =
                NodeConfig.of(Cluster.NETWORK).withExtension(first).withExtension(second);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> cluster.add(config, network.mailbox(1), clock))
                .withMessageContaining("protocolId=" + Transfer.PROTOCOL_ID);
        assertThat(first.closed).isTrue();
        assertThat(second.closed).isTrue();
    }

    private void add(int mailbox, Sharing sharing) {
        NodeConfig config =
                NodeConfig.of(Cluster.NETWORK).withGossip(GOSSIP).withExtension(sharing);
        cluster.add(config, network.mailbox(mailbox), clock);
    }

    /// Offers a blob to a peer, or takes the first one that is offered.
    private static final class Sharing implements NodeExtension, TransferListener {

        private final MemorySegment content;
        private final TransferConfig config = TransferConfig.defaults();
        private NodeContext node;
        private Transfer transfer;
        private byte[] taken;
        private Outcome outcome;
        private boolean closed;

        Sharing(byte[] content) {
            this.content = MemorySegment.ofArray(content);
        }

        @Override
        public int maxReferencedPeers() {
            return config.fetches() + config.servings();
        }

        @Override
        public NodeProtocol<?> open(NodeContext context) {
            node = context;
            transfer =
                    new Transfer(
                            config,
                            node.peers(),
                            message -> content,
                            this,
                            node.outbox(new TransferWriter()));
            return new NodeProtocol<>(transfer, new TransferReader(), this::close);
        }

        private void close() {
            closed = true;
            transfer.close();
        }

        void offer() {
            assertThat(transfer.offer(node.sampling().view().peerAt(0), Blob.of(content))).isTrue();
        }

        @Override
        public void onOffer(long peer, TransferMessage offer) {
            taken = new byte[offer.length()];
            Blob blob =
                    new Blob(
                            offer.hash0(),
                            offer.hash1(),
                            offer.hash2(),
                            offer.hash3(),
                            offer.length());
            transfer.fetch(peer, blob, MemorySegment.ofArray(taken), node.nowNs());
        }

        @Override
        public void onFetchEnded(int fetch, Outcome how) {
            outcome = how;
        }
    }
}
