package ai.bytesandbrains.engine.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.transfer.TransferListener.Outcome;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A node that has a blob, a second one that has it too, and one that wants it.
class TransferTest {

    private static final long MS = 1_000_000;
    private static final TransferConfig CONFIG =
            new TransferConfig(2, 2, 1 << 20, 4, 10 * MS, 100 * MS);

    private final Arena arena = Arena.ofConfined();
    private final PeerTable table = new PeerTable(8);
    private final List<Frame> wire = new ArrayList<>();
    private final List<Outcome> ends = new ArrayList<>();
    private final List<Integer> offers = new ArrayList<>();
    private final long giver = peer(1);
    private final long taker = peer(2);
    private final long other = peer(3);
    private boolean refusing;
    private MemorySegment content;
    private Transfer give;
    private Transfer giveToo;
    private Transfer take;
    private long nowNs;

    private record Frame(long from, long to, TransferMessage message) {}

    /// A message with a content of its own.
    private record Copy(
            TransferKind kind,
            long hash0,
            long hash1,
            long hash2,
            long hash3,
            int length,
            int chunk,
            int wanted,
            MemorySegment bytes)
            implements TransferMessage {

        static Copy of(TransferMessage from) {
            MemorySegment bytes = MemorySegment.ofArray(new byte[from.byteCount()]);
            if (from.byteCount() > 0) {
                from.copyBytes(bytes, 0);
            }
            return new Copy(
                    from.kind(),
                    from.hash0(),
                    from.hash1(),
                    from.hash2(),
                    from.hash3(),
                    from.length(),
                    from.chunk(),
                    from.wanted(),
                    bytes);
        }

        @Override
        public int byteCount() {
            return (int) bytes.byteSize();
        }

        @Override
        public void copyBytes(MemorySegment into, long offset) {
            MemorySegment.copy(bytes, 0, into, offset, bytes.byteSize());
        }
    }

    @AfterEach
    void close() {
        for (Transfer transfer : List.of(give, giveToo, take)) {
            transfer.close();
            transfer.close();
        }
        for (long peer : new long[] {giver, taker, other}) {
            table.release(peer);
        }
        assertThat(table.size()).as("references").isZero();
        table.close();
        arena.close();
    }

    private long peer(int number) {
        return table.acquire(
                new PeerDescriptor()
                        .set(new Peer(new PeerId(number, 0, 0, 0), Address.memory(number))));
    }

    private Blob start(int length) {
        content = arena.allocate(length);
        Random random = new Random(length);
        for (int i = 0; i < length; i++) {
            content.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
        Blob blob = Blob.of(content);
        BlobSource source = message -> blob.isNamedBy(message) ? content : null;
        give = transfer(giver, source);
        giveToo = transfer(other, source);
        take = transfer(taker, BlobSource.NONE);
        return blob;
    }

    private Transfer transfer(long self, BlobSource source) {
        TransferListener listener =
                new TransferListener() {
                    @Override
                    public void onOffer(long from, TransferMessage offer) {
                        offers.add(offer.length());
                    }

                    @Override
                    public void onFetchEnded(int fetch, Outcome outcome) {
                        ends.add(outcome);
                    }
                };
        return new Transfer(
                CONFIG,
                table,
                source,
                listener,
                (to, message) -> !refusing && wire.add(new Frame(self, to, Copy.of(message))));
    }

    private void deliver(Frame frame) {
        Transfer to = frame.to() == giver ? give : frame.to() == other ? giveToo : take;
        to.onMessage(frame.from(), frame.message(), nowNs);
    }

    private void step() {
        nowNs += MS;
        List.of(give, giveToo, take).forEach(transfer -> transfer.poll(nowNs));
        List<Frame> frames = List.copyOf(wire);
        wire.clear();
        frames.forEach(this::deliver);
    }

    private void run() {
        for (int i = 0; i < 10_000 && ends.isEmpty(); i++) {
            step();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1023, 1024, 1025, 32 * 1024, 32 * 1024 + 1, 100_000, 1 << 20})
    void shouldFetchABlobOfAnyLength(int length) {
        Blob blob = start(length);
        MemorySegment into = arena.allocate(length);

        take.fetch(giver, blob, into, nowNs);
        run();

        assertThat(ends).containsExactly(Outcome.COMPLETE);
        assertThat(into.mismatch(content)).isEqualTo(-1);
    }

    @ParameterizedTest(name = "seed={0} loss={1}%")
    @CsvSource({"1, 0", "2, 10", "3, 30", "4, 50", "5, 50"})
    void shouldFetchThroughLossDuplicatesAndDisorder(long seed, int lossPercent) {
        Random random = new Random(seed);
        Blob blob = start(150_000);
        MemorySegment into = arena.allocate(150_000);
        take.fetch(giver, blob, into, nowNs);
        for (int i = 0; i < 10_000 && ends.isEmpty(); i++) {
            nowNs += MS;
            give.poll(nowNs);
            take.poll(nowNs);
            List<Frame> frames = List.copyOf(wire);
            wire.clear();
            for (Frame frame : frames) {
                int copies = random.nextInt(100) < lossPercent ? 0 : 1 + random.nextInt(2);
                for (; copies > 0; copies--) {
                    if (random.nextInt(4) == 0) {
                        wire.add(frame);
                    } else {
                        deliver(frame);
                    }
                }
            }
        }

        assertThat(ends).as("seed=%d", seed).containsExactly(Outcome.COMPLETE);
        assertThat(into.mismatch(content)).as("seed=%d", seed).isEqualTo(-1);
    }

    @Test
    void shouldResumeWithAnotherPeer() {
        Blob blob = start(100_000);
        MemorySegment into = arena.allocate(100_000);
        int fetch = take.fetch(giver, blob, into, nowNs);
        while (take.fetchedBytes(fetch) == 0) {
            step();
        }
        take.onConnectionFailed(giver, nowNs);
        assertThat(ends).containsExactly(Outcome.SILENT);
        ends.clear();
        wire.clear();

        take.resume(fetch, other, nowNs);
        take.poll(nowNs);
        assertThat(wire.getFirst().message().chunk()).isEqualTo(Blob.WINDOW);
        run();

        assertThat(ends).containsExactly(Outcome.COMPLETE);
        assertThat(into.mismatch(content)).isEqualTo(-1);
    }

    @Test
    void shouldFindOutThatAChunkIsALie() {
        Blob blob = start(5_000);
        MemorySegment into = arena.allocate(5_000);
        take.fetch(giver, blob, into, nowNs);
        step();
        content.set(
                ValueLayout.JAVA_BYTE, 4_000, (byte) ~content.get(ValueLayout.JAVA_BYTE, 4_000));
        run();

        assertThat(ends).containsExactly(Outcome.CORRUPT);
        assertThatIllegalStateException().isThrownBy(() -> take.cancel(0));
    }

    @Test
    void shouldSayThatABlobIsGone() {
        start(5_000);
        Blob unknown = new Blob(1, 2, 3, 4, 5_000);

        int fetch = take.fetch(giver, unknown, arena.allocate(5_000), nowNs);
        run();

        assertThat(ends).containsExactly(Outcome.GONE);
        take.cancel(fetch);
    }

    @Test
    void shouldGiveUpASilentPeerAndKeepWhatItHas() {
        Blob blob = start(5_000);
        int fetch = take.fetch(giver, blob, arena.allocate(5_000), nowNs);
        int asked = 0;
        while (ends.isEmpty()) {
            nowNs += MS;
            take.poll(nowNs);
            asked += wire.size();
            wire.clear();
        }

        assertThat(ends).containsExactly(Outcome.SILENT);
        assertThat(asked).isEqualTo(10);
        assertThatIllegalStateException().isThrownBy(() -> take.resume(1 - fetch, giver, nowNs));
    }

    @Test
    void shouldWaitWhileTheOutboxRefuses() {
        Blob blob = start(40_000);
        MemorySegment into = arena.allocate(40_000);
        take.fetch(giver, blob, into, nowNs);
        for (int i = 0; i < 5_000 && ends.isEmpty(); i++) {
            refusing = i % 3 != 0;
            step();
        }

        assertThat(ends).containsExactly(Outcome.COMPLETE);
        assertThat(into.mismatch(content)).isEqualTo(-1);
    }

    @Test
    void shouldTakeNothingItDidNotAskFor() {
        Blob blob = start(5_000);
        MemorySegment into = arena.allocate(5_000);
        take.fetch(giver, blob, into, nowNs);
        Copy chunk = chunk(blob, 0, 1024);

        assertThat(take.onMessage(other, chunk, nowNs)).isZero();
        assertThat(take.onMessage(PeerTable.NULL_PEER, chunk, nowNs)).isZero();
        for (int bad : new int[] {-1, 5, 31, 32, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThat(take.onMessage(giver, chunk(blob, bad, 1024), nowNs)).as("%d", bad).isZero();
        }
        assertThat(take.onMessage(giver, chunk(blob, 0, 1023), nowNs)).isZero();
        assertThat(take.onMessage(giver, chunk(blob, 4, 1024), nowNs)).isZero();
        assertThat(take.onMessage(giver, chunk, nowNs)).isEqualTo(1);
        assertThat(take.onMessage(giver, chunk, nowNs)).isZero();
    }

    private static Copy chunk(Blob blob, int number, int bytes) {
        return new Copy(
                TransferKind.CHUNK,
                blob.hash0(),
                blob.hash1(),
                blob.hash2(),
                blob.hash3(),
                blob.length(),
                number,
                0,
                MemorySegment.ofArray(new byte[bytes]));
    }

    @Test
    void shouldServeNoMoreThanItMay() {
        Blob blob = start(100_000);
        Copy fetch = Copy.of(new Outgoing().of(TransferKind.FETCH, blob).window(0, -1));
        Copy beyond = Copy.of(new Outgoing().of(TransferKind.FETCH, blob).window(98, -1));

        assertThat(give.onMessage(taker, beyond, nowNs)).isZero();
        for (int i = 0; i < 100; i++) {
            give.onMessage(taker, fetch, nowNs);
        }
        give.poll(nowNs);
        assertThat(wire).hasSize(CONFIG.chunksPerPoll());
        while (give.poll(nowNs) > 0) {
            assertThat(wire).hasSizeLessThanOrEqualTo(Blob.WINDOW);
        }

        assertThat(wire).hasSize(Blob.WINDOW);
        assertThat(give.nextDeadlineNs(nowNs) - nowNs).isGreaterThan(CONFIG.timeoutNs());
    }

    @Test
    void shouldTellOfOffers() {
        Blob blob = start(777);

        assertThat(give.offer(taker, blob)).isTrue();
        step();

        assertThat(offers).containsExactly(777);
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        Blob blob = start(1000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> take.fetch(giver, blob, arena.allocate(999), nowNs))
                .withMessageContainingAll("1000", "999");
        Blob large = new Blob(1, 2, 3, 4, (1 << 20) + 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> take.fetch(giver, large, arena.allocate(large.length()), nowNs));
        assertThat(take.fetch(giver, blob, arena.allocate(1000), nowNs)).isZero();
        assertThat(take.fetch(giver, blob, arena.allocate(1000), nowNs)).isEqualTo(1);
        assertThat(take.fetch(giver, blob, arena.allocate(1000), nowNs))
                .isEqualTo(Transfer.NO_FETCH);
    }
}
