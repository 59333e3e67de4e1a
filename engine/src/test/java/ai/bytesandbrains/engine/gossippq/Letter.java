package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;

/// A message as a value that a test may change, keep and send again.
record Letter(
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
        MemorySegment body)
        implements GossipPqMessage {

    static Letter of(GossipPqMessage message) {
        byte[] body = new byte[message.bodyBytes()];
        message.copyBody(MemorySegment.ofArray(body), 0);
        return new Letter(
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
                MemorySegment.ofArray(body));
    }

    Letter withBody(MemorySegment other) {
        return with(number, threshold, count, other);
    }

    Letter with(int number, long threshold, int count, MemorySegment body) {
        return new Letter(
                kind,
                requestId,
                epoch,
                space,
                codebookHigh,
                codebookLow,
                flags,
                subspace,
                number,
                threshold,
                ranges,
                count,
                body);
    }

    Letter withCodebook(long high, long low, int flags) {
        return new Letter(
                kind, requestId, epoch, space, high, low, flags, subspace, number, threshold,
                ranges, count, body);
    }

    @Override
    public int bodyBytes() {
        return (int) body.byteSize();
    }

    @Override
    public void copyBody(MemorySegment into, long offset) {
        MemorySegment.copy(body, 0, into, offset, body.byteSize());
    }
}
