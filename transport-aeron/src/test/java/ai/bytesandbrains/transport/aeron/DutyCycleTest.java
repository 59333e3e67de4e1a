package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.codecs.sbe.TransferReader;
import ai.bytesandbrains.codecs.sbe.TransferWriter;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.Protocol;
import ai.bytesandbrains.engine.transfer.Blob;
import ai.bytesandbrains.engine.transfer.BlobSource;
import ai.bytesandbrains.engine.transfer.Transfer;
import ai.bytesandbrains.engine.transfer.TransferConfig;
import ai.bytesandbrains.engine.transfer.TransferListener;
import ai.bytesandbrains.engine.transfer.TransferMessage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

/// Nodes whose duty cycle has a budget, in a time that passes only where the test says so.
class DutyCycleTest {

    private static final long BUDGET_NS = 200_000;
    private static final GossipConfig GOSSIP =
            GossipConfig.defaults().withTimes(Cluster.ms(1), Cluster.ms(600), Cluster.ms(500));

    private final ManualClock clock = new ManualClock();
    private final MemoryNetwork network = new MemoryNetwork(1 << 16);
    private final Cluster cluster =
            new Cluster(8, 10, 20_262).beforeStep(() -> clock.advance(1_000));

    @AfterEach
    void close() {
        cluster.close();
    }

    private Slow add(int mailbox) {
        Slow slow = new Slow();
        NodeConfig config =
                NodeConfig.of(Cluster.NETWORK)
                        .withGossip(GOSSIP)
                        .withDutyCycleBudgetNs(BUDGET_NS)
                        .withExtension(slow);
        cluster.add(config, network.mailbox(mailbox), clock);
        return slow;
    }

    @Test
    void shouldLeaveFramesForTheNextCycleWhenTheBudgetIsUsedUp() {
        Slow sender = add(1);
        Slow receiver = add(2);
        cluster.join();
        sender.send(10);
        receiver.messageTakesNs = 150_000;

        int[] taken = new int[5];
        for (int cycle = 0; cycle < taken.length; cycle++) {
            int before = receiver.messages;
            cluster.node(1).doWork();
            taken[cycle] = receiver.messages - before;
        }

        assertThat(taken).containsExactly(2, 2, 2, 2, 2);
    }

    @Test
    void shouldTakeAllFramesOfACycleThatIsWithinTheBudget() {
        Slow sender = add(1);
        Slow receiver = add(2);
        cluster.join();
        sender.send(10);
        int before = receiver.messages;

        cluster.node(1).doWork();

        assertThat(receiver.messages - before).isEqualTo(10);
    }

    @Test
    void shouldGoOnWithWhatHadToWait() {
        Slow sender = add(1);
        Slow receiver = add(2);
        cluster.join();
        sender.send(6);
        receiver.messageTakesNs = BUDGET_NS;
        int pollsBefore = receiver.polls;

        cluster.node(1).doWork();
        assertThat(receiver.polls).as("in a cycle that a frame has used up").isEqualTo(pollsBefore);
        int messagesBefore = receiver.messages;
        cluster.node(1).doWork();

        assertThat(receiver.polls).as("in the next one").isEqualTo(pollsBefore + 1);
        assertThat(receiver.messages).as("after the protocols").isEqualTo(messagesBefore + 1);
    }

    @Test
    void shouldStarveNobodyBehindAProtocolThatIsAlwaysOverTheBudget() {
        Slow slow = add(1);
        add(2);
        slow.pollTakesNs = BUDGET_NS;

        cluster.join();
        cluster.until("exchanges go on", () -> cluster.node(0).status().exchangesCompleted() > 2);

        assertThat(slow.polls).isGreaterThan(2);
    }

    /// A protocol whose messages and polls take as long as the test says.
    private final class Slow implements NodeExtension, Protocol<TransferMessage> {

        private final MemorySegment content = MemorySegment.ofArray(new byte[10]);
        private NodeContext node;
        private Transfer offers;
        private long messageTakesNs;
        private long pollTakesNs;
        private int messages;
        private int polls;

        @Override
        public int maxReferencedPeers() {
            return 0;
        }

        @Override
        public NodeProtocol<?> open(NodeContext context) {
            node = context;
            Outbox<TransferMessage> outbox = node.outbox(new TransferWriter());
            offers =
                    new Transfer(
                            TransferConfig.defaults(),
                            node.peers(),
                            BlobSource.NONE,
                            new Silent(),
                            outbox);
            return new NodeProtocol<>(this, new TransferReader(), offers);
        }

        void send(int count) {
            for (int i = 0; i < count; i++) {
                assertThat(offers.offer(node.sampling().view().peerAt(0), Blob.of(content)))
                        .isTrue();
            }
        }

        @Override
        public int protocolId() {
            return Transfer.PROTOCOL_ID;
        }

        @Override
        public int poll(long nowNs) {
            polls++;
            clock.advance(pollTakesNs);
            return pollTakesNs > 0 ? 1 : 0;
        }

        @Override
        public int onMessage(long fromPeer, TransferMessage message, long nowNs) {
            messages++;
            clock.advance(messageTakesNs);
            return 1;
        }

        @Override
        public long nextDeadlineNs(long nowNs) {
            return nowNs;
        }

        @Override
        public void onConnectionFailed(long peer, long nowNs) {}
    }

    private static final class Silent implements TransferListener {
        @Override
        public void onOffer(long peer, TransferMessage offer) {}

        @Override
        public void onFetchEnded(int fetch, Outcome outcome) {}
    }
}
