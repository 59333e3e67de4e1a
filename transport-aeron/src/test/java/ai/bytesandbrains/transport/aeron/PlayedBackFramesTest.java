package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.codecs.sbe.DropCounters;
import ai.bytesandbrains.codecs.sbe.DropReason;
import ai.bytesandbrains.codecs.sbe.NetworkKey;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;

import io.aeron.Aeron;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;

import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Somebody on the same driver overhears two nodes, and plays what he has heard back to them.
class PlayedBackFramesTest {

    private static final int DIMENSIONS = 16;
    private static final int HEARD = 30;
    private static final String CHANNEL = "aeron:ipc?term-length=1m";

    private final EmbeddedDriver driver = EmbeddedDriver.launch();
    private final Cluster cluster =
            new Cluster(DIMENSIONS, 50, ThreadLocalRandom.current().nextLong());
    private final List<byte[]> heard = new ArrayList<>();
    private final Aeron aeron =
            Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectory()));
    private Node sender;
    private Node receiver;

    @AfterEach
    void close() {
        CloseHelper.closeAll(aeron, cluster, driver);
    }

    private void start(boolean keyed) {
        NodeConfig config = NodeConfig.of(Cluster.NETWORK).withGossip(Cluster.REAL_TIME);
        NetworkKey key = keyed ? NetworkKey.of(new byte[NetworkKey.BYTES]) : null;
        for (int i = 0; i < 2; i++) {
            cluster.add(
                    config.withKey(key),
                    Drivers.transport(driver, Address.Kind.IPC),
                    System::nanoTime);
        }
        cluster.join();
        receiver = cluster.node(0);
        sender = cluster.node(1);
        overhear();
    }

    /// Keeps frames of the sender's, but for those of handshakes, until all of them have arrived.
    private void overhear() {
        FragmentHandler handler =
                (buffer, offset, length, header) -> {
                    byte[] frame = new byte[length];
                    buffer.getBytes(offset, frame);
                    int template = frame[RecordedFrames.TEMPLATE_ID];
                    if (template < 20 || template > 22) {
                        heard.add(frame);
                    }
                };
        try (Subscription tap = aeron.addSubscription("aeron:ipc", stream(receiver))) {
            Await.until(
                    "frames were overheard",
                    () -> tap.poll(handler, 10) >= 0 && heard.size() >= HEARD,
                    cluster::step);
        }
        cluster.until("they have arrived", () -> cluster.framesSent() == cluster.framesReceived());
        assertThat(receiver.drops().total() + sender.drops().total()).isZero();
    }

    private static int stream(Node node) {
        return node.peer().address().stream();
    }

    private void play(List<byte[]> frames, Node to) {
        try (Publication publication = aeron.addPublication(CHANNEL, stream(to))) {
            for (byte[] frame : frames) {
                UnsafeBuffer buffer = new UnsafeBuffer(frame);
                Await.until(
                        "a frame is taken",
                        () -> publication.offer(buffer, 0, frame.length) > 0,
                        cluster::step);
            }
            DropCounters drops = to.drops();
            cluster.until("all were dropped", () -> drops.total() >= frames.size());
        }
    }

    private void assertBothAnswer() {
        float[] query = cluster.query();
        for (int asked = 0; asked < 2; asked++) {
            SearchResult result =
                    cluster.searchUntilComplete(asked, query, SearchParameters.of(10), 1);
            assertThat(result.hits()).isEqualTo(cluster.union(query, 10));
        }
        assertThat(receiver.status().knownPeers()).isEqualTo(2);
        assertThat(sender.status().knownPeers()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldDropWhatItHasHadBefore(boolean keyed) {
        start(keyed);

        play(heard, receiver);

        assertThat(receiver.drops().get(DropReason.REPLAYED)).isEqualTo(heard.size());
        assertThat(receiver.drops().total()).isEqualTo(heard.size());
        assertBothAnswer();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldDropWhatItHasSentItself(boolean keyed) {
        start(keyed);

        play(heard, sender);

        assertThat(sender.drops().get(DropReason.WRONG_RECEIVER)).isEqualTo(heard.size());
        assertThat(sender.drops().total()).isEqualTo(heard.size());
        assertBothAnswer();
    }

    /// Sender and receiver exchanged: without a key a stranger's frames, for nobody else knows what
    /// the receiver calls its start to this sender.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldDropWhatItHasSentItselfInTheNameOfTheReceiver(boolean keyed) {
        start(keyed);
        for (byte[] frame : heard) {
            RecordedFrames.put(frame, RecordedFrames.SENDER, receiver.peer().id().shortId());
            RecordedFrames.put(frame, RecordedFrames.RECEIVER, sender.peer().id().shortId());
        }

        play(heard, sender);

        DropCounters drops = sender.drops();
        long strangers = drops.get(DropReason.STRANGER) + drops.get(DropReason.SENDER_MISMATCH);
        assertThat(keyed ? drops.get(DropReason.UNAUTHENTICATED) : strangers)
                .isEqualTo(heard.size());
        assertThat(drops.total()).isEqualTo(heard.size());
        assertBothAnswer();
    }
}
