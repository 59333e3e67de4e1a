package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.codecs.sbe.DropCounters;
import ai.bytesandbrains.codecs.sbe.FrameDispatcher;
import ai.bytesandbrains.codecs.sbe.FrameStamp;
import ai.bytesandbrains.codecs.sbe.MessageWriter;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerTable;

import io.aeron.Aeron;
import io.aeron.AeronCounters;
import io.aeron.Subscription;

import org.agrona.CloseHelper;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// The connections of an [AeronTransport], with frames that are no more than a number.
class LinksTest {

    private static final long TIMEOUT_NS = 1_000;
    private static final long IDLE_NS = 1_000_000;
    private static final MessageWriter<Integer> NUMBER = new NumberWriter(64);

    private final EmbeddedDriver driver = EmbeddedDriver.launch();
    private final PeerTable peers = new PeerTable(16);
    private final DropCounters drops = new DropCounters();
    private final PeerId self = new PeerId(99, 0, 0, 0);
    private final FrameDispatcher dispatcher = new FrameDispatcher(1, self, peers, drops);
    private final FrameStamp stamp = new FrameStamp(1, self, 1);
    private final Aeron reader =
            Aeron.connect(
                    new Aeron.Context()
                            .aeronDirectoryName(driver.aeronDirectory())
                            .useConductorAgentInvoker(true));
    private final List<Long> failed = new ArrayList<>();
    private final List<Integer> received = new ArrayList<>();
    private final List<Transport> transports = new ArrayList<>();
    private long nowNs = 1;

    @AfterEach
    void close() {
        CloseHelper.closeAll(transports);
        CloseHelper.closeAll(reader, driver, peers);
    }

    private Transport open(int maxLinks) {
        AeronConfig config =
                Drivers.config(driver, Address.Kind.IPC).withLinks(maxLinks, TIMEOUT_NS, IDLE_NS);
        Transport transport = Drivers.transport(config).open(peers, drops);
        transports.add(transport);
        return transport;
    }

    private long peer(int number, Address address) {
        PeerId id = new PeerId(number, 0, 0, 0);
        return peers.acquire(new PeerDescriptor().set(new Peer(id, address)));
    }

    private Subscription listen(int stream) {
        return reader.addSubscription("aeron:ipc", stream);
    }

    private int step(Transport transport) {
        reader.conductorAgentInvoker().invoke();
        return transport.poll(dispatcher, nowNs, 16) + transport.maintain(nowNs, failed::add);
    }

    private void until(String what, Transport transport, BooleanSupplier done) {
        Await.until(what, done, () -> step(transport));
    }

    private boolean send(Transport transport, long to, Integer number) {
        return transport.send(to, number, NUMBER, stamp).isTaken();
    }

    private void read(Subscription subscription) {
        subscription.poll(
                (buffer, offset, length, header) -> received.add(buffer.getInt(offset)), 100);
    }

    @Test
    void shouldKeepTheOrderOfFramesThatWaitedForTheConnection() {
        Transport transport = open(4);
        long peer = peer(1, Address.ipc(501));
        for (int i = 0; i < 10; i++) {
            assertThat(send(transport, peer, i)).isTrue();
        }
        Subscription subscription = listen(501);
        for (int i = 10; i < 100; i++) {
            step(transport);
            assertThat(send(transport, peer, i)).isTrue();
        }

        until("all have come", transport, () -> reads(subscription) == 100);

        assertThat(received).isSorted().doesNotHaveDuplicates();
        assertThat(transport.counters().framesSent()).isEqualTo(100);
    }

    private int reads(Subscription subscription) {
        read(subscription);
        return received.size();
    }

    /// A transport learns the time with its first cycle, and monotonic clocks often count from the
    /// machine's start.
    @Test
    void shouldNotGiveUpAConnectionBeforeItKnewTheTime() {
        nowNs = TimeUnit.DAYS.toNanos(100);
        Transport transport = open(4);
        long peer = peer(1, Address.ipc(501));
        Subscription subscription = listen(501);
        assertThat(send(transport, peer, 1)).isTrue();

        until("it has come", transport, () -> reads(subscription) == 1);

        assertThat(failed).isEmpty();
        assertThat(transport.counters().linksOpened()).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhatHasNoRoomToWait() {
        Transport transport = open(4);
        long peer = peer(1, Address.ipc(501));
        int taken = 0;
        while (send(transport, peer, taken)) {
            taken++;
        }

        assertThat(taken).isEqualTo(8192 / (64 + Integer.BYTES));
        assertThat(transport.counters().backPressure()).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhatIsTooLongConnectedOrNot() {
        Transport transport = open(4);
        long peer = peer(1, Address.ipc(501));
        MessageWriter<Integer> tooLong = new NumberWriter(transport.maxFrameLength() + 1);
        assertThat(transport.send(peer, 0, tooLong, stamp)).isEqualTo(SendResult.TOO_LONG);
        assertThat(transport.counters().linksOpened()).isZero();
        Subscription subscription = listen(501);
        assertThat(send(transport, peer, 1)).isTrue();
        until("it has come", transport, () -> reads(subscription) == 1);

        assertThat(transport.send(peer, 2, tooLong, stamp)).isEqualTo(SendResult.TOO_LONG);

        assertThat(send(transport, peer, 3)).isTrue();
        until("the next has come", transport, () -> reads(subscription) == 2);
        assertThat(received).containsExactly(1, 3);
        assertThat(transport.counters().tooLong()).isEqualTo(2);
    }

    @Test
    void shouldMakeRoomByClosingTheLinkThatWasUnusedForLongest() {
        Transport transport = open(2);
        Subscription[] readers = {listen(501), listen(502), listen(503)};
        long[] handles = new long[3];
        for (int i = 0; i < 3; i++) {
            handles[i] = peer(i + 1, Address.ipc(501 + i));
        }
        for (int i = 0; i < 2; i++) {
            send(transport, handles[i], i);
        }
        until("both are sent", transport, () -> transport.counters().framesSent() == 2);
        nowNs++;
        step(transport);
        send(transport, handles[0], 2);
        nowNs++;
        step(transport);

        assertThat(send(transport, handles[2], 3)).isTrue();
        until("it is sent", transport, () -> transport.counters().framesSent() == 4);

        assertThat(transport.counters().linksClosed()).isEqualTo(1);
        assertThat(transport.counters().framesLost()).isZero();
        for (long handle : handles) {
            peers.release(handle);
        }
        assertThat(new boolean[] {isLive(handles[0]), isLive(handles[1]), isLive(handles[2])})
                .containsExactly(true, false, true);
        for (Subscription each : readers) {
            until("what was sent has come", transport, () -> countOf(each) > 0);
        }
    }

    private boolean isLive(long peer) {
        return peers.isLive(peer);
    }

    private int countOf(Subscription subscription) {
        int before = received.size();
        read(subscription);
        return received.size() - before;
    }

    @Test
    void shouldNotCloseALinkThatHasFramesWaiting() {
        Transport transport = open(1);
        send(transport, peer(1, Address.ipc(501)), 0);
        nowNs++;
        step(transport);

        assertThat(send(transport, peer(2, Address.ipc(502)), 1)).isFalse();

        assertThat(transport.counters().linksOpened()).isEqualTo(1);
    }

    @Test
    void shouldCloseIdleLinks() {
        Transport transport = open(4);
        listen(501);
        long peer = peer(1, Address.ipc(501));
        send(transport, peer, 0);
        until("it is sent", transport, () -> transport.counters().framesSent() == 1);

        nowNs += IDLE_NS + 2;
        step(transport);

        assertThat(transport.counters().linksClosed()).isEqualTo(1);
        assertThat(failed).isEmpty();
        peers.release(peer);
        assertThat(peers.isLive(peer)).isFalse();
    }

    @Test
    void shouldGiveUpAnAddressThatNobodyListensOn() {
        Transport transport = open(4);
        long peer = peer(1, Address.ipc(501));
        step(transport);
        send(transport, peer, 0);
        nowNs += TIMEOUT_NS;
        step(transport);
        assertThat(failed).isEmpty();

        nowNs++;
        step(transport);

        assertThat(failed).containsExactly(peer);
        assertThat(transport.counters().framesLost()).isEqualTo(1);
        peers.release(peer);
        assertThat(peers.isLive(peer)).isFalse();
    }

    @Test
    void shouldGiveUpAConnectionThatWasLost() {
        Transport transport = open(4);
        Subscription subscription = listen(501);
        long peer = peer(1, Address.ipc(501));
        send(transport, peer, 0);
        until("it is sent", transport, () -> transport.counters().framesSent() == 1);
        subscription.close();

        until(
                "it is given up",
                transport,
                () -> {
                    nowNs += 10;
                    return !failed.isEmpty();
                });

        assertThat(failed).containsExactly(peer);
    }

    @Test
    void shouldReportAPeerWithoutAnAddressForAeron() {
        Transport transport = open(4);
        long peer = peer(1, Address.memory(7));

        assertThat(send(transport, peer, 0)).isFalse();
        assertThat(send(transport, peer, 0)).isFalse();
        step(transport);

        assertThat(failed).containsExactly(peer);
        peers.release(peer);
        assertThat(peers.isLive(peer)).isFalse();
    }

    @Test
    void shouldReleaseEveryPeerOnClose() {
        Transport transport = open(4);
        long linked = peer(1, Address.ipc(501));
        long unreachable = peer(2, Address.memory(7));
        send(transport, linked, 0);
        send(transport, unreachable, 0);
        peers.release(linked);
        peers.release(unreachable);
        assertThat(peers.size()).isEqualTo(2);

        transport.close();

        assertThat(peers.size()).isZero();
    }

    @Test
    void shouldNotFeelTheEndsOfTerms() {
        Transport from = open(4);
        Transport to = open(4);
        long peer = peer(1, to.localAddress());
        send(from, peer, 0);
        Await.until(
                "the first one has come",
                () -> to.counters().framesReceived() == 1,
                () -> step(from) + step(to));
        int refused = 0;

        // 96 bytes each: some 400 terms of 64 KiB.
        for (int i = 1; i < 300_000; i++) {
            if (i % 200 == 1) {
                awaitRoom(from, to);
            }
            refused += send(from, peer, 0) ? 0 : 1;
            to.poll(dispatcher, nowNs, 16);
        }
        until(
                "all have come",
                to,
                () -> to.counters().framesReceived() == from.counters().framesSent());

        assertThat(refused).isZero();
        assertThat(to.counters().framesReceived()).isEqualTo(300_000);
    }

    /// Waits until the driver has seen that everything was read and given room for the next 200
    /// frames: being refused for lack of it would be right.
    private void awaitRoom(Transport from, Transport to) {
        CountersReader counters = reader.countersReader();
        Await.until(
                "the driver gives room",
                () ->
                        valueOf(counters, AeronCounters.DRIVER_PUBLISHER_LIMIT_TYPE_ID)
                                        - valueOf(
                                                counters,
                                                AeronCounters.DRIVER_SUBSCRIBER_POSITION_TYPE_ID)
                                >= 24 * 1024,
                () -> step(from) + step(to));
    }

    private static long valueOf(CountersReader counters, int wanted) {
        long[] found = {0};
        counters.forEach(
                (value, id, label) -> {
                    if (counters.getCounterTypeId(id) == wanted) {
                        found[0] = value;
                    }
                });
        return found[0];
    }
}
