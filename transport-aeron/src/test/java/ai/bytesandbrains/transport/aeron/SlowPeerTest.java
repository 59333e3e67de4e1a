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

import org.agrona.CloseHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;

/// A transport that sends to a peer which reads nothing, to one that is not there, and to one that
/// reads.
class SlowPeerTest {

    private static final int FRAMES = 20_000;
    private static final MessageWriter<Integer> NUMBER = new NumberWriter(64);

    private final EmbeddedDriver driver = EmbeddedDriver.launch();
    private final PeerTable peers = new PeerTable(16);
    private final DropCounters drops = new DropCounters();
    private final PeerId self = new PeerId(99, 0, 0, 0);
    private final FrameDispatcher dispatcher = new FrameDispatcher(1, self, peers, drops);
    private final FrameStamp stamp = new FrameStamp(1, self, 1);
    private final List<Transport> transports = new ArrayList<>();
    private final List<Long> failed = new ArrayList<>();

    @AfterEach
    void close() {
        CloseHelper.closeAll(transports);
        CloseHelper.closeAll(driver, peers);
    }

    private Transport open(Address.Kind kind) {
        // One whose driver has been asleep is not gone, and one that reads nothing stays.
        AeronConfig config = Drivers.config(driver, kind).withLinks(8, 1L << 50, 1L << 50);
        Transport transport = Drivers.transport(config).open(peers, drops);
        transports.add(transport);
        return transport;
    }

    private long peer(int number, Address address) {
        PeerId id = new PeerId(number, 0, 0, 0);
        return peers.acquire(new PeerDescriptor().set(new Peer(id, address)));
    }

    private int step(Transport transport, boolean reads) {
        int limit = reads ? 16 : 0;
        int work = limit == 0 ? 0 : transport.poll(dispatcher, System.nanoTime(), limit);
        return work + transport.maintain(System.nanoTime(), failed::add);
    }

    @ParameterizedTest
    @EnumSource(names = {"IPC", "UDP"})
    void shouldNotSlowTheOthers(Address.Kind kind) {
        Transport from = open(kind);
        Transport reader = open(kind);
        Transport sleeper = open(kind);
        long toReader = peer(1, reader.localAddress());
        long toSleeper = peer(2, sleeper.localAddress());
        long toNobody = peer(3, Address.ipc(77_777));
        int[] taken = new int[3];

        Await.until(
                "the one that reads has got everything",
                () -> reader.counters().framesReceived() == FRAMES,
                () -> {
                    if (taken[0] < FRAMES) {
                        taken[0] += from.send(toReader, 0, NUMBER, stamp).isTaken() ? 1 : 0;
                    }
                    taken[1] += from.send(toSleeper, 1, NUMBER, stamp).isTaken() ? 1 : 0;
                    taken[2] += from.send(toNobody, 2, NUMBER, stamp).isTaken() ? 1 : 0;
                    return step(from, true) + step(reader, true) + step(sleeper, false);
                });

        // What a peer that reads nothing holds is a window of its stream and what waits for it.
        assertThat(taken[1]).isPositive().isLessThan(2_000);
        assertThat(taken[2]).isPositive().isLessThan(200);
        assertThat(from.counters().sends(SendResult.BACK_PRESSURE)).isPositive();
        assertThat(from.counters().sends(SendResult.NO_ROOM)).isPositive();
        assertThat(failed).isEmpty();
    }

    @Test
    void shouldNameTheReasonOfARefusal() {
        AeronConfig config =
                Drivers.config(driver, Address.Kind.IPC).withLinks(1, 1L << 50, 1L << 50);
        Transport from = Drivers.transport(config).open(peers, drops);
        transports.add(from);

        assertThat(from.send(peer(1, Address.memory(7)), 0, NUMBER, stamp))
                .isEqualTo(SendResult.UNREACHABLE);
        assertThat(from.send(peer(2, Address.ipc(501)), 0, NUMBER, stamp))
                .isEqualTo(SendResult.WAITING);
        assertThat(from.send(peer(3, Address.ipc(502)), 0, NUMBER, stamp))
                .isEqualTo(SendResult.NO_LINK);

        assertThat(from.counters().sends(SendResult.WAITING)).isEqualTo(1);
        assertThat(from.counters().backPressure()).isEqualTo(1);
    }
}
