package ai.bytesandbrains.bench.latency;

import ai.bytesandbrains.codecs.sbe.TransferReader;
import ai.bytesandbrains.codecs.sbe.TransferWriter;
import ai.bytesandbrains.engine.transfer.Transfer;
import ai.bytesandbrains.engine.transfer.TransferKind;
import ai.bytesandbrains.engine.transfer.TransferMessage;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

/// A chunk of a blob, so long that its frame is as long as that of an exchange: bytes behind a few
/// fields, which nobody has to look at one by one.
final class ChunkEcho extends Echo<TransferMessage> {

    private final Sample sample;
    private final Sample echoed = new Sample(0);
    private final MemorySegment seen;

    /// Opens both sides.
    ///
    /// @param frameBytes of the whole frame
    ChunkEcho(final Channels channels, final int frameBytes, final RandomGenerator random) {
        super(side(channels, random), side(channels, random), Transfer.PROTOCOL_ID);
        OwnLine.apart();
        sample = new Sample(frameBytes - new TransferWriter().frameLength(new Sample(0)));
        seen = MemorySegment.ofArray(new byte[sample.byteCount()]);
    }

    private static Side<TransferMessage> side(
            final Channels channels, final RandomGenerator random) {
        return new Side<>(channels, new TransferWriter(), new TransferReader(), random);
    }

    @Override
    public String name() {
        return "chunk";
    }

    @Override
    TransferMessage next() {
        sample.hash++;
        return sample;
    }

    @Override
    TransferMessage echo(final TransferMessage received) {
        return echoed.of(received);
    }

    @Override
    boolean isAnswer(final TransferMessage received) {
        received.copyBytes(seen, 0);
        return received.hash0() == sample.hash;
    }

    /// Bytes of one's own, or those of what was decoded.
    private static final class Sample implements TransferMessage {
        private final MemorySegment own;
        private TransferMessage decoded;
        private long hash;

        Sample(final int count) {
            own = MemorySegment.ofArray(new byte[count]);
        }

        Sample of(final TransferMessage received) {
            decoded = received;
            hash = received.hash0();
            return this;
        }

        @Override
        public TransferKind kind() {
            return TransferKind.CHUNK;
        }

        @Override
        public long hash0() {
            return hash;
        }

        @Override
        public long hash1() {
            return 1;
        }

        @Override
        public long hash2() {
            return 2;
        }

        @Override
        public long hash3() {
            return 3;
        }

        @Override
        public int length() {
            return byteCount();
        }

        @Override
        public int chunk() {
            return 0;
        }

        @Override
        public int wanted() {
            return 0;
        }

        @Override
        public int byteCount() {
            return decoded == null ? (int) own.byteSize() : decoded.byteCount();
        }

        @Override
        public void copyBytes(final MemorySegment into, final long offset) {
            if (decoded == null) {
                MemorySegment.copy(own, 0, into, offset, own.byteSize());
            } else {
                decoded.copyBytes(into, offset);
            }
        }
    }
}
