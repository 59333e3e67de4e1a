package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.gossippq.GossipPqKind;
import ai.bytesandbrains.engine.gossippq.GossipPqMessage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Carries the messages of GOSSIP-PQ in the simulator's own form: all fields, then the body.
///
/// Layout: request id 8, space 8, codebook 16, threshold 8, ranges 8, epoch 4, number 4, subspace
/// 4, count 4, body bytes 4, kind 2, flags 2, body.
public final class GossipPqCarrier implements Carrier<GossipPqMessage> {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    private static final int HEADER = 72;

    /// What a frame of the real wire format takes beside the body.
    private static final int FRAME_BYTES = 120;

    private final int maxBody;
    private final Read read = new Read();

    /// Makes a carrier.
    ///
    /// @param maxBody the longest body
    public GossipPqCarrier(int maxBody) {
        this.maxBody = maxBody;
    }

    @Override
    public int maxBytes() {
        return HEADER + maxBody;
    }

    @Override
    public int write(long from, long to, GossipPqMessage message, MemorySegment into, long offset) {
        into.set(LONG, offset, message.requestId());
        into.set(LONG, offset + 8, message.space());
        into.set(LONG, offset + 16, message.codebookHigh());
        into.set(LONG, offset + 24, message.codebookLow());
        into.set(LONG, offset + 32, message.threshold());
        into.set(LONG, offset + 40, message.ranges());
        into.set(INT, offset + 48, message.epoch());
        into.set(INT, offset + 52, message.number());
        into.set(INT, offset + 56, message.subspace());
        into.set(INT, offset + 60, message.count());
        into.set(INT, offset + 64, message.bodyBytes());
        into.set(SHORT, offset + 68, (short) message.kind().code());
        into.set(SHORT, offset + 70, (short) message.flags());
        message.copyBody(into, offset + HEADER);
        return HEADER + message.bodyBytes();
    }

    @Override
    public GossipPqMessage read(long from, long to, MemorySegment bytes, long offset, int length) {
        read.bytes = bytes;
        read.offset = offset;
        return read;
    }

    @Override
    public int wireBytes(GossipPqMessage message, int written) {
        return FRAME_BYTES + message.bodyBytes();
    }

    private static final class Read implements GossipPqMessage {
        private MemorySegment bytes;
        private long offset;

        @Override
        public GossipPqKind kind() {
            return GossipPqKind.ofCode(bytes.get(SHORT, offset + 68));
        }

        @Override
        public long requestId() {
            return bytes.get(LONG, offset);
        }

        @Override
        public int epoch() {
            return bytes.get(INT, offset + 48);
        }

        @Override
        public long space() {
            return bytes.get(LONG, offset + 8);
        }

        @Override
        public long codebookHigh() {
            return bytes.get(LONG, offset + 16);
        }

        @Override
        public long codebookLow() {
            return bytes.get(LONG, offset + 24);
        }

        @Override
        public int flags() {
            return bytes.get(SHORT, offset + 70);
        }

        @Override
        public int subspace() {
            return bytes.get(INT, offset + 56);
        }

        @Override
        public int number() {
            return bytes.get(INT, offset + 52);
        }

        @Override
        public long threshold() {
            return bytes.get(LONG, offset + 32);
        }

        @Override
        public long ranges() {
            return bytes.get(LONG, offset + 40);
        }

        @Override
        public int count() {
            return bytes.get(INT, offset + 60);
        }

        @Override
        public int bodyBytes() {
            return bytes.get(INT, offset + 64);
        }

        @Override
        public void copyBody(MemorySegment into, long at) {
            MemorySegment.copy(bytes, offset + HEADER, into, at, bodyBytes());
        }
    }
}
