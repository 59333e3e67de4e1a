package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.engine.gossippq.GossipPq;
import ai.bytesandbrains.engine.gossippq.GossipPqBody;
import ai.bytesandbrains.engine.gossippq.GossipPqKind;
import ai.bytesandbrains.engine.gossippq.GossipPqMessage;
import ai.bytesandbrains.engine.gossippq.ItemLayout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;

/// A message of GOSSIP-PQ as a value, made up or copied.
record PqMessage(
        GossipPqKind kind,
        long requestId,
        int epoch,
        long space,
        long codebookHigh,
        long codebookLow,
        int flags,
        int subspace,
        int number,
        long threshold,
        long ranges,
        int count,
        List<Byte> body)
        implements GossipPqMessage {

    static final int DIMENSIONS = 8;
    static final int SUBSPACES = 300;
    static final int MAX_BODY = Math.max(GossipPq.CHUNK_BYTES, GossipPqBody.maxBytes(DIMENSIONS));

    static PqMessage random(Random random, GossipPqKind kind) {
        int flags = random.nextInt(16);
        long threshold = random.nextLong(Long.MAX_VALUE);
        boolean weighted = (flags & GossipPqMessage.WEIGHTED) != 0;
        int count =
                switch (kind) {
                    case SUMMARY -> 128 << random.nextInt(3);
                    case RANGE -> random.nextInt(2049);
                    case ITEMS -> random.nextInt(GossipPqBody.maxItems(DIMENSIONS) + 1);
                    default -> 0;
                };
        int number = kind == GossipPqKind.RANGE ? 1 + random.nextInt(512) : random.nextInt() >>> 1;
        int bytes =
                switch (kind) {
                    case SUMMARY -> 36 + 8 * random.nextInt(count / 8 + 1);
                    case SAME, ANNOUNCE, FETCH -> 0;
                    case RANGE -> 16 + number + count + random.nextInt(48 + number + count + 1);
                    case ITEMS ->
                            count * ItemLayout.wireBytes(DIMENSIONS, weighted)
                                    + random.nextInt(257);
                    case CHUNK -> 1 + random.nextInt(GossipPq.CHUNK_BYTES);
                };
        return new PqMessage(
                kind,
                random.nextLong(),
                random.nextInt(Integer.MAX_VALUE),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                flags,
                random.nextInt(SUBSPACES),
                number,
                threshold,
                random.nextLong(),
                count,
                bytes(random, bytes));
    }

    static PqMessage copy(GossipPqMessage message) {
        byte[] bytes = new byte[message.bodyBytes()];
        message.copyBody(MemorySegment.ofArray(bytes), 0);
        return new PqMessage(
                message.kind(),
                message.requestId(),
                message.epoch(),
                message.space(),
                message.codebookHigh(),
                message.codebookLow(),
                message.flags(),
                message.subspace(),
                message.number(),
                message.threshold(),
                message.ranges(),
                message.count(),
                list(bytes));
    }

    private static List<Byte> bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return list(bytes);
    }

    private static List<Byte> list(byte[] bytes) {
        Byte[] boxed = new Byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            boxed[i] = bytes[i];
        }
        return List.of(boxed);
    }

    @Override
    public int bodyBytes() {
        return body.size();
    }

    @Override
    public void copyBody(MemorySegment into, long offset) {
        for (int i = 0; i < body.size(); i++) {
            into.set(ValueLayout.JAVA_BYTE, offset + i, body.get(i));
        }
    }
}
