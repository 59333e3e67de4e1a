package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.transfer.Blob;
import ai.bytesandbrains.engine.transfer.BlobSource;
import ai.bytesandbrains.engine.transfer.Transfer;
import ai.bytesandbrains.engine.transfer.TransferConfig;
import ai.bytesandbrains.engine.transfer.TransferListener;
import ai.bytesandbrains.engine.transfer.TransferMessage;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/// Transfers as bytes: two nodes but for the transport.
class TransferWireTest {

    private final byte[] content = new byte[50_001];
    private final Deque<byte[]> toTaker = new ArrayDeque<>();
    private final Deque<byte[]> toGiver = new ArrayDeque<>();
    private final List<TransferListener.Outcome> ends = new ArrayList<>();
    private final DropCounters drops = new DropCounters();
    private final PeerTable table = new PeerTable(8);
    private final long giverHandle = handle(Wire.SENDER);
    private final long takerHandle = handle(Wire.RECEIVER);
    private Blob blob;
    private Transfer giver;
    private Transfer taker;
    private FrameDispatcher atGiver;
    private FrameDispatcher atTaker;

    @AfterEach
    void close() {
        giver.close();
        taker.close();
        table.release(giverHandle);
        table.release(takerHandle);
        assertThat(table.size()).isZero();
        table.close();
    }

    private long handle(int number) {
        return table.acquire(new PeerDescriptor().set(Peers.peer(number)));
    }

    private void start(Random random) {
        random.nextBytes(content);
        MemorySegment segment = MemorySegment.ofArray(content);
        blob = Blob.of(segment);
        giver = transfer(message -> segment, Wire.SENDER, Wire.RECEIVER, toTaker);
        taker = transfer(BlobSource.NONE, Wire.RECEIVER, Wire.SENDER, toGiver);
        atGiver = dispatcher(Wire.SENDER, giver);
        atTaker = dispatcher(Wire.RECEIVER, taker);
    }

    private FrameDispatcher dispatcher(int self, Transfer transfer) {
        return new FrameDispatcher(Wire.NETWORK, Peers.peer(self).id(), table, drops)
                .bind(transfer, new TransferReader());
    }

    private Transfer transfer(BlobSource source, int self, int to, Deque<byte[]> wire) {
        FrameStamp stamp = new FrameStamp(Wire.NETWORK, Peers.peer(self).id(), self);
        TransferWriter writer = new TransferWriter();
        return new Transfer(
                TransferConfig.defaults(),
                table,
                source,
                new Ends(),
                (peer, message) -> {
                    byte[] frame = new byte[stamp.frameLength(writer, message)];
                    stamp.write(writer, message, to, new UnsafeBuffer(frame), 0);
                    return wire.add(frame);
                });
    }

    private final class Ends implements TransferListener {
        @Override
        public void onOffer(long peer, TransferMessage offer) {}

        @Override
        public void onFetchEnded(int fetch, Outcome outcome) {
            ends.add(outcome);
        }
    }

    private static void take(FrameDispatcher dispatcher, byte[] frame) {
        dispatcher.onFrame(new UnsafeBuffer(frame), 0, frame.length, 0);
    }

    @Test
    void shouldCarryABlob() {
        start(new Random(1));
        byte[] into = new byte[content.length];
        taker.fetch(giverHandle, blob, MemorySegment.ofArray(into), 0);
        for (int i = 0; i < 1_000 && ends.isEmpty(); i++) {
            taker.poll(0);
            giver.poll(0);
            while (!toGiver.isEmpty()) {
                take(atGiver, toGiver.poll());
            }
            while (!toTaker.isEmpty()) {
                take(atTaker, toTaker.poll());
            }
        }

        assertThat(ends).containsExactly(TransferListener.Outcome.COMPLETE);
        assertThat(into).isEqualTo(content);
        assertThat(drops.total()).isZero();
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2})
    void shouldBearMutatedAndTruncatedFrames(long seed) {
        int frames = Integer.getInteger("ai.bytesandbrains.fuzz.frames", 100_000);
        Random random = new Random(seed);
        Mutation mutation = new Mutation(random);
        start(random);
        taker.fetch(giverHandle, blob, MemorySegment.ofArray(new byte[content.length]), 0);
        taker.poll(0);
        byte[] fetch = toGiver.poll();
        take(atGiver, fetch);
        giver.poll(0);
        byte[] chunk = toTaker.poll();
        for (int length = 0; length < chunk.length; length++) {
            byte[] part = Arrays.copyOf(chunk, length);
            if (length >= Wire.LENGTH + Integer.BYTES) {
                Wire.putInt(part, Wire.LENGTH, length);
            }
            take(atTaker, part);
        }
        assertThat(drops.total()).isEqualTo(chunk.length);
        for (int i = 0; i < frames; i++) {
            take(atGiver, mutation.of(fetch));
            take(atTaker, mutation.of(chunk));
            giver.poll(0);
            taker.poll(0);
            toGiver.clear();
            toTaker.clear();
        }

        assertThat(drops.get(DropReason.MALFORMED)).isGreaterThan(frames / 100);
        assertThat(table.size()).isEqualTo(2);
    }
}
