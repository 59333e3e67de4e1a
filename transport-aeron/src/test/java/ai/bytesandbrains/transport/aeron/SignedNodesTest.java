package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.bytesandbrains.engine.gossip.DescriptorRejection;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.overlay.NodeIdentity;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

class SignedNodesTest {

    private static final GossipConfig GOSSIP =
            GossipConfig.defaults().withTimes(Cluster.ms(100), Cluster.ms(60), Cluster.ms(20));

    private final ManualClock clock = new ManualClock();
    private final MemoryNetwork network = new MemoryNetwork(1 << 16);
    private final Cluster cluster =
            new Cluster(8, 20, ThreadLocalRandom.current().nextLong())
                    .beforeStep(() -> clock.advance(Cluster.ms(1)));

    @AfterEach
    void close() {
        cluster.close();
    }

    private Node start(int mailbox, NodeConfig config) {
        return cluster.add(config.withGossip(GOSSIP), network.mailbox(mailbox), clock).node;
    }

    private static NodeConfig signed() {
        return NodeConfig.of("test").withIdentity(NodeIdentity.generate());
    }

    @Test
    void shouldFindEachOtherAndAnswer() {
        for (int mailbox = 1; mailbox <= 4; mailbox++) {
            start(mailbox, signed());
        }
        cluster.join();
        float[] query = cluster.query();

        SearchResult result = cluster.search(2, query, SearchParameters.of(10));

        assertThat(result.isPartial()).isFalse();
        assertThat(result.hits()).isEqualTo(cluster.union(query, 10));
        for (DescriptorRejection reason : DescriptorRejection.values()) {
            assertThat(cluster.node(0).rejectedDescriptors(reason)).as(reason.name()).isZero();
        }
    }

    @Test
    void shouldNotLetInWhoIsNotSigned() {
        Node seed = start(1, signed());
        Node stranger = start(2, NodeConfig.of("test"));
        stranger.bootstrap(List.of(seed.peer()));
        cluster.until(
                "the stranger has asked",
                () -> seed.rejectedDescriptors(DescriptorRejection.UNSIGNED) > 3);

        assertThat(seed.status().viewLength()).isZero();
    }

    @Test
    void shouldRefuseAnIdentityOfSomebodyElse() {
        NodeIdentity identity = NodeIdentity.generate();
        NodeConfig config = NodeConfig.of("test").withIdentity(identity);

        assertThat(config.id()).isEqualTo(identity.id());
        assertThat(config.withId(new PeerId(1, 2, 3, 4)).identity()).isNull();
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                new NodeConfig(
                                        new PeerId(1, 2, 3, 4),
                                        identity,
                                        config.networkId(),
                                        null,
                                        GOSSIP,
                                        config.search(),
                                        config.filters(),
                                        config.sessions(),
                                        config.profiles(),
                                        64,
                                        config.dutyCycleBudgetNs(),
                                        List.of()))
                .withMessageContaining(identity.id().toString());
    }
}
