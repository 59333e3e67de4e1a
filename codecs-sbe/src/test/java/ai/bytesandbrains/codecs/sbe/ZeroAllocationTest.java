package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchFilter;
import ai.bytesandbrains.engine.search.SearchParameters;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/// Whole nodes in one thread, message after message through writer, bytes and dispatcher: what they
/// do again and again allocates nothing.
class ZeroAllocationTest {

    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 20_000;
    private static final long T = 1_000_000_000L;
    private static final GossipConfig CONFIG = GossipConfig.defaults().withTimes(T, T / 2, T / 4);

    /// Frames on their way: receiver, length, bytes, one after the other.
    private final UnsafeBuffer mail = new UnsafeBuffer(new byte[1 << 18]);

    private int mailEnd;
    private WireNode[] nodes = {};
    private long nowNs;
    private int next;

    @AfterEach
    void close() {
        for (WireNode node : nodes) {
            assertThat(node.drops.total()).isZero();
            node.close();
        }
    }

    @Test
    void shouldSeeWhatIsAllocated() {
        long[][] kept = new long[1][];

        assertThat(AllocatedBytes.perOperation(0, 1_000, () -> kept[0] = new long[4]))
                .isBetween(48.0, 64.0);
    }

    @Test
    void shouldGossipWithoutAllocating() {
        start(40);
        double bytes = AllocatedBytes.perOperation(WARM_UP, MEASURED, this::exchange);

        long completed = 0;
        for (WireNode node : nodes) {
            completed += node.logic.counters().completed();
        }
        assertThat(completed).isGreaterThan((WARM_UP + MEASURED) * 9L / 10);
        assertThat(nodes[0].gossip.viewLength()).isEqualTo(CONFIG.viewSize());
        assertThat(bytes).isLessThan(1);
    }

    @ParameterizedTest
    @EnumSource(QueryEncoding.class)
    void shouldSearchFifteenPeersWithoutAllocating(QueryEncoding encoding) {
        start(16);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment query =
                    arena.allocateFrom(ValueLayout.JAVA_FLOAT, WireNode.vector(new Random(1)));
            SearchParameters parameters = SearchParameters.of(10).withEncoding(encoding);
            double bytes =
                    AllocatedBytes.perOperation(WARM_UP, MEASURED, () -> search(query, parameters));

            assertThat(bytes).isLessThan(1);
        }
    }

    @Test
    void shouldFetchVectorsAndFilterWithoutAllocating() {
        start(16);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment query =
                    arena.allocateFrom(ValueLayout.JAVA_FLOAT, WireNode.vector(new Random(2)));
            SearchParameters parameters =
                    SearchParameters.of(10)
                            .withFilter(SearchFilter.ids(3, 4, 5, 90).inverted())
                            .withRerank(2);
            double bytes =
                    AllocatedBytes.perOperation(WARM_UP, MEASURED, () -> search(query, parameters));

            assertThat(nodes[0].search.counters().vectorsMeasured())
                    .isGreaterThan((WARM_UP + MEASURED) * 10L);
            assertThat(nodes[0].search.counters().misstated()).isZero();
            assertThat(bytes).isLessThan(1);
        }
    }

    private void start(int count) {
        nodes = new WireNode[count];
        for (int i = 0; i < count; i++) {
            nodes[i] = new WireNode(i + 1, CONFIG, this::post, i);
        }
        for (WireNode node : nodes) {
            for (int other = 0; other < CONFIG.viewSize(); other++) {
                int number = 1 + (node.number + other) % count;
                node.gossip.addPeer(Peers.peer(number));
            }
        }
    }

    /// The next node is polled; nearly always it starts an exchange, and both sides merge.
    private void exchange() {
        nowNs += T / nodes.length;
        nodes[next].gossip.poll(nowNs);
        next = (next + 1) % nodes.length;
        deliver();
    }

    private void search(MemorySegment query, SearchParameters parameters) {
        WireNode asker = nodes[0];
        long op = asker.operations.begin(query, 0, parameters, nowNs);
        asker.search.start(op, nowNs);
        deliver();
        if (asker.operations.peersAnswered(op) != 15 || asker.operations.hits(op) != 10) {
            throw new AssertionError("answers are missing");
        }
        asker.operations.finish(op);
    }

    private boolean post(long receiver, DirectBuffer frame, int length) {
        mail.putLong(mailEnd, receiver);
        mail.putInt(mailEnd + 8, length);
        mail.putBytes(mailEnd + 12, frame, 0, length);
        mailEnd += (12 + length + 7) & -8;
        return true;
    }

    private void deliver() {
        int at = 0;
        while (at < mailEnd) {
            WireNode to = nodes[(int) mail.getLong(at) - 1];
            int length = mail.getInt(at + 8);
            to.dispatcher.onFrame(mail, at + 12, length, nowNs);
            at += (12 + length + 7) & -8;
        }
        mailEnd = 0;
    }
}
