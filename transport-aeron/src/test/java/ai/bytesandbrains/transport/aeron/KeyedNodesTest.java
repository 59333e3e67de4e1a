package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.codecs.sbe.DropReason;
import ai.bytesandbrains.codecs.sbe.NetworkKey;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;

import org.agrona.CloseHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/// Networks with keys, several of them on one driver.
class KeyedNodesTest {

    private static final byte[] OLD = key(1);
    private static final byte[] NEW = key(2);

    private final EmbeddedDriver driver = EmbeddedDriver.launch();
    private final Cluster cluster = new Cluster(16, 50, ThreadLocalRandom.current().nextLong());

    @AfterEach
    void close() {
        CloseHelper.closeAll(cluster, driver);
    }

    private static byte[] key(int seed) {
        byte[] key = new byte[NetworkKey.BYTES];
        new Random(seed).nextBytes(key);
        return key;
    }

    private Node add(String network, NetworkKey key, Address.Kind kind) {
        NodeConfig config = NodeConfig.of(network).withKey(key).withGossip(Cluster.REAL_TIME);
        return cluster.add(config, Drivers.transport(driver, kind), System::nanoTime).node;
    }

    @ParameterizedTest
    @EnumSource(names = {"IPC", "UDP"})
    void shouldWorkAsWithoutAKey(Address.Kind kind) {
        for (int i = 0; i < 3; i++) {
            add("keyed", NetworkKey.of(OLD), kind);
        }
        cluster.join();
        float[] query = cluster.query();

        SearchResult result = cluster.searchUntilComplete(0, query, SearchParameters.of(10), 2);

        assertThat(result.hits()).isEqualTo(cluster.union(query, 10));
        assertThat(cluster.node(0).drops().get(DropReason.UNAUTHENTICATED)).isZero();
    }

    @Test
    void shouldKeepNodesWithAnotherKeyOut() {
        Node inside = add("keyed", NetworkKey.of(OLD), Address.Kind.IPC);
        Node other = add("keyed", NetworkKey.of(OLD), Address.Kind.IPC);
        Node stranger = add("keyed", NetworkKey.of(NEW), Address.Kind.IPC);
        Node keyless = add("keyed", null, Address.Kind.IPC);
        for (Node node : List.of(other, stranger, keyless)) {
            node.bootstrap(List.of(inside.peer()));
        }

        cluster.until(
                "both have tried and the others have met",
                () ->
                        inside.drops().get(DropReason.UNAUTHENTICATED) >= 4
                                && inside.status().viewLength() == 1
                                && other.status().viewLength() == 1);

        assertThat(inside.status().viewLength()).isEqualTo(1);
        assertThat(stranger.status().viewLength()).isZero();
        assertThat(keyless.status().viewLength()).isZero();
        assertThat(inside.drops().total())
                .isEqualTo(inside.drops().get(DropReason.UNAUTHENTICATED));
    }

    @Test
    void shouldRunTwoNetworksOnOneDriver() {
        Node a1 = add("a", NetworkKey.of(OLD), Address.Kind.IPC);
        Node a2 = add("a", NetworkKey.of(OLD), Address.Kind.IPC);
        Node b1 = add("b", NetworkKey.of(NEW), Address.Kind.IPC);
        Node b2 = add("b", NetworkKey.of(NEW), Address.Kind.IPC);
        // Each is given a seed of the other network, too.
        a2.bootstrap(List.of(a1.peer(), b1.peer()));
        b2.bootstrap(List.of(b1.peer(), a1.peer()));

        cluster.until(
                "all have met",
                () ->
                        List.of(a1, a2, b1, b2).stream()
                                        .allMatch(node -> node.status().viewLength() == 1)
                                && a1.drops().total() > 0
                                && b1.drops().total() > 0);

        assertThat(List.of(a1, a2, b1, b2)).allMatch(node -> node.status().viewLength() == 1);
    }

    @Test
    void shouldRunWithBothKeysWhileTheyAreBeingChanged() {
        add("keyed", NetworkKey.of(OLD, NEW), Address.Kind.IPC);
        add("keyed", NetworkKey.of(NEW, OLD), Address.Kind.IPC);

        cluster.join();

        assertThat(cluster.node(0).drops().total()).isZero();
    }
}
