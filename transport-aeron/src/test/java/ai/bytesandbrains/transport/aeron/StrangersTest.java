package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.codecs.sbe.DropReason;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/// What others may send to a node's stream or port without being a node.
class StrangersTest {

    private static final int DIMENSIONS = 16;
    private static final SearchParameters TEN = SearchParameters.of(10);

    private final EmbeddedDriver driver = EmbeddedDriver.launch();
    private final SplittableRandom random;
    private Cluster cluster;
    private Node node;
    private Aeron aeron;
    private Publication publication;
    private List<byte[]> frames;

    StrangersTest() {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("stranger's seed=" + seed);
        random = new SplittableRandom(seed);
    }

    @BeforeEach
    void connect() {
        start(Address.Kind.IPC);
        aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectory()));
        publication =
                aeron.addPublication("aeron:ipc?term-length=1m", node.peer().address().stream());
        Await.until("the stranger is connected", publication::isConnected, node);
    }

    private void start(Address.Kind kind) {
        cluster = new Cluster(DIMENSIONS, 50, random.nextLong());
        for (int i = 0; i < 2; i++) {
            AeronConfig config = Drivers.config(driver, kind);
            cluster.add(
                    Cluster.REAL_TIME,
                    Drivers.transport(config.withLinks(8, Cluster.ms(50), 1L << 40)));
        }
        cluster.join();
        node = cluster.node(0);
        frames = RecordedFrames.record(DIMENSIONS, node.peer());
        frames.forEach(
                frame ->
                        RecordedFrames.put(
                                frame,
                                RecordedFrames.NETWORK_ID,
                                NodeConfig.networkId(Cluster.NETWORK)));
    }

    @AfterEach
    void close() {
        CloseHelper.closeAll(aeron, cluster, driver);
    }

    private void send(byte[] frame) {
        UnsafeBuffer buffer = new UnsafeBuffer(frame);
        Await.until(
                "the stranger's frame is taken",
                () -> publication.offer(buffer, 0, frame.length) > 0,
                cluster::step);
    }

    private void assertAnswers() {
        float[] query = cluster.query();
        for (int asked = 0; asked < 2; asked++) {
            SearchResult result = cluster.searchUntilComplete(asked, query, TEN, 1);
            assertThat(result.hits()).isEqualTo(cluster.union(query, 10));
        }
    }

    private byte[] broken(DropReason reason) {
        byte[] frame = RecordedFrames.firstOf(frames, RecordedFrames.GOSSIP);
        switch (reason) {
            case TRUNCATED -> frame = Arrays.copyOf(frame, 55);
            case FOREIGN_SCHEMA -> frame[RecordedFrames.SCHEMA_ID]++;
            case WRONG_VERSION -> frame[RecordedFrames.VERSION_MAJOR]++;
            case LENGTH_MISMATCH -> frame = Arrays.copyOf(frame, frame.length - 1);
            case WRONG_NETWORK -> frame[RecordedFrames.NETWORK_ID]++;
            case WRONG_RECEIVER -> frame[RecordedFrames.RECEIVER]++;
            case BAD_SENDER -> RecordedFrames.put(frame, RecordedFrames.SENDER, 0);
            case UNKNOWN_PROTOCOL -> frame[RecordedFrames.PROTOCOL_ID] = 9;
            case UNKNOWN_KIND -> frame[RecordedFrames.TEMPLATE_ID] = 77;
            case MALFORMED -> {
                frame = Arrays.copyOf(frame, frame.length - 8);
                RecordedFrames.putLength(frame, frame.length);
            }
            case SENDER_MISMATCH -> frame[RecordedFrames.FIRST_PEER]++;
            case OVERSIZED -> frame = Arrays.copyOf(frame, 8193);
            case STRANGER -> {
                // As recorded: sound, and from somebody whom the node has never heard of.
            }
            case UNAUTHENTICATED, REPLAYED -> throw new IllegalArgumentException(reason.name());
        }
        return frame;
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"UNAUTHENTICATED", "REPLAYED"})
    void shouldDropAndCountABrokenFrame(DropReason reason) {
        assertThat(node.drops().total()).isZero();

        send(broken(reason));
        Await.until("it was dropped", () -> node.drops().total() > 0, node);

        assertThat(node.drops().get(reason)).isEqualTo(1);
        assertThat(node.drops().total()).isEqualTo(1);
        assertAnswers();
        assertThat(node.drops().total()).isEqualTo(1);
    }

    @Test
    void shouldAnswerAStrangerWithOneSmallFrame() {
        byte[] join = RecordedFrames.firstOf(frames, RecordedFrames.GOSSIP);
        int stream = node.peer().address().stream() + 1_000_000;
        // The claimed address: shared memory, a stream that the test listens on.
        new UnsafeBuffer(join).putInt(RecordedFrames.FIRST_PEER + 48, stream);
        join[RecordedFrames.FIRST_PEER + 54] = (byte) Address.Kind.IPC.code();
        List<byte[]> heard = new ArrayList<>();
        Subscription claimed = aeron.addSubscription("aeron:ipc", stream);
        FragmentHandler handler =
                (buffer, offset, length, header) -> {
                    byte[] frame = new byte[length];
                    buffer.getBytes(offset, frame);
                    heard.add(frame);
                };
        for (int i = 0; i < 10; i++) {
            send(join);
        }

        Await.until(
                "ten answers have come",
                () -> claimed.poll(handler, 10) >= 0 && heard.size() == 10,
                cluster::step);
        Await.until(
                "the connection is closed",
                () -> claimed.poll(handler, 10) >= 0 && claimed.imageCount() == 0,
                cluster::step);

        assertThat(heard).hasSize(10).allMatch(frame -> frame.length <= join.length);
        assertThat(heard).allMatch(frame -> frame[RecordedFrames.TEMPLATE_ID] == 21);
        assertThat(node.drops().get(DropReason.STRANGER)).isEqualTo(10);
        assertThat(node.status().knownPeers()).isEqualTo(2);
        assertAnswers();
    }

    @Test
    void shouldDropAFrameInItsOwnName() {
        byte[] frame = RecordedFrames.firstOf(frames, RecordedFrames.GOSSIP);
        RecordedFrames.put(frame, RecordedFrames.SENDER, node.peer().id().shortId());

        send(frame);
        Await.until("it was dropped", () -> node.drops().total() > 0, node);

        assertThat(node.drops().get(DropReason.BAD_SENDER)).isEqualTo(1);
    }

    /// As much as the stream takes, before every step: noise, and sound frames over and over.
    @Test
    void shouldAnswerInFullWhileItIsFlooded() {
        assertAnswers();
        int[] noise = {0};
        UnsafeBuffer bytes = new UnsafeBuffer(new byte[600]);
        UnsafeBuffer replay = new UnsafeBuffer(0, 0);
        cluster.beforeStep(
                () -> {
                    long taken = 1;
                    for (int i = 0; i < 200 && taken > 0; i++) {
                        replay.wrap(frames.get(random.nextInt(frames.size())));
                        publication.offer(replay);
                        bytes.putLong(0, random.nextLong());
                        taken = publication.offer(bytes);
                        noise[0] += taken > 0 ? 1 : 0;
                    }
                });

        for (int i = 0; i < 200; i++) {
            float[] query = cluster.query();
            for (int asked = 0; asked < 2; asked++) {
                SearchResult result = cluster.search(asked, query, TEN);
                assertThat(result.isPartial()).isFalse();
                assertThat(result.hits()).isEqualTo(cluster.union(query, 10));
            }
        }
        cluster.beforeStep(() -> {});
        Await.until("the noise was dropped", () -> node.drops().total() >= noise[0], cluster::step);

        assertThat(noise[0]).isGreaterThan(1_000);
        assertThat(node.status().viewLength()).isEqualTo(1);
    }

    @Test
    void shouldSurviveRandomBytes() {
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = new byte[random.nextInt(1, 3_000)];
            random.nextBytes(bytes);
            send(bytes);
        }
        Await.until("all were dropped", () -> node.drops().total() == 5_000, node);

        assertAnswers();
        assertThat(node.drops().get(DropReason.FOREIGN_SCHEMA)).isGreaterThan(4_000);
    }

    @Test
    void shouldSurviveTwentyThousandMutatedFrames() {
        for (int i = 0; i < 20_000; i++) {
            send(mutated());
        }
        send(broken(DropReason.OVERSIZED));
        cluster.until(
                "the last one has arrived", () -> node.drops().get(DropReason.OVERSIZED) == 1);

        assertAnswers();
        assertThat(node.status().knownPeers()).isLessThan(200);
        assertThat(node.drops().total()).isGreaterThan(5_000);
    }

    private byte[] mutated() {
        byte[] frame = frames.get(random.nextInt(frames.size())).clone();
        if (random.nextInt(8) == 0) {
            frame = Arrays.copyOf(frame, random.nextInt(1, frame.length + 100));
            RecordedFrames.putLengthIfThere(frame);
        }
        for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
            frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return frame;
    }

    @Test
    void shouldNotNoticeGarbageDatagrams() throws IOException {
        CloseHelper.closeAll(aeron, cluster);
        aeron = null;
        start(Address.Kind.UDP);
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < 3_000; i++) {
                byte[] bytes = new byte[random.nextInt(1_400)];
                random.nextBytes(bytes);
                if (bytes.length > 8 && i % 2 == 0) {
                    // Looks like a frame of Aeron's: version 0, a known type.
                    bytes[4] = 0;
                    bytes[6] = (byte) random.nextInt(8);
                    bytes[7] = 0;
                }
                socket.send(
                        new DatagramPacket(
                                bytes,
                                bytes.length,
                                InetAddress.getLoopbackAddress(),
                                node.peer().address().port()));
                cluster.step();
            }
        }

        assertAnswers();
        assertThat(node.drops().total()).isZero();
    }
}
