package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// What a node and a peer lack of each other's samples in the ranges that the peer sent hashes of:
/// the items to send, lowest first, and which of the peer's are wanted.
final class Comparison {
    /// Items that one side sends in an exchange at the most.
    static final int MAX_SENT = 512;

    private static final int SHORTS = 1 << 16;

    private final KeyRanges ranges = new KeyRanges();
    private final RangeSet chosen = new RangeSet();
    private final long[] mine = new long[SHORTS / Long.SIZE];
    private final long[] theirs = new long[SHORTS / Long.SIZE];
    private final int[] toSend = new int[MAX_SENT];
    private final byte[] wanted = new byte[GossipPqBody.MAX_WANTED_BYTES];
    private int sendCount;
    private int wantCount;

    /// Compares; returns false if the body is none.
    ///
    /// @param sample this node's
    /// @param middle of the ranges of both
    /// @param threshold up to where they go
    /// @param message the peer's, of sound form
    /// @param body its body
    boolean run(
            SubspaceSample sample,
            long middle,
            long threshold,
            GossipPqMessage message,
            MemorySegment body) {
        ranges.locate(sample, middle, threshold);
        sendCount = 0;
        wantCount = 0;
        Arrays.fill(wanted, (byte) 0);
        chosen.read(body, 0);
        int count = chosen.size();
        if (count != message.number()) {
            return false;
        }
        long at = HashLists.headerBytes(count);
        int first = 0;
        int range = -1;
        for (int number = 0; number < count; number++) {
            range = chosen.next(range + 1);
            int hashes = HashLists.count(body, number);
            int width = HashLists.width(hashes);
            long end = at + (long) hashes * width;
            if (first + hashes > message.count() || end > message.bodyBytes()) {
                return false;
            }
            for (long each = at; each < end; each += width) {
                add(theirs, HashLists.get(body, each, width));
            }
            offer(sample, range, width, message);
            want(body, at, width, first, hashes);
            forget(sample, range, width, message.requestId());
            at = end;
            first += hashes;
        }
        return first == message.count() && at == message.bodyBytes();
    }

    /// Chooses what the peer lacks.
    private void offer(SubspaceSample sample, int range, int width, GossipPqMessage message) {
        for (int rank = ranges.start(range); rank < ranges.end(range); rank++) {
            int hash = HashLists.hash(sample, rank, message.requestId(), width);
            add(mine, hash);
            boolean lacks = !contains(theirs, hash);
            if (lacks && sendCount < MAX_SENT && sample.keyAt(rank) <= message.threshold()) {
                toSend[sendCount++] = sample.slotAt(rank);
            }
        }
    }

    /// Chooses what this node lacks, and forgets the peer's hashes.
    private void want(MemorySegment body, long at, int width, int first, int hashes) {
        for (int i = 0; i < hashes; i++) {
            int hash = HashLists.get(body, at + (long) i * width, width);
            theirs[hash >>> 6] = 0;
            if (!contains(mine, hash) && wantCount < MAX_SENT) {
                int bit = first + i;
                wanted[bit >>> 3] |= (byte) (1 << (bit & 7));
                wantCount++;
            }
        }
    }

    private void forget(SubspaceSample sample, int range, int width, long salt) {
        for (int rank = ranges.start(range); rank < ranges.end(range); rank++) {
            mine[HashLists.hash(sample, rank, salt, width) >>> 6] = 0;
        }
    }

    private static void add(long[] set, int hash) {
        set[hash >>> 6] |= 1L << hash;
    }

    private static boolean contains(long[] set, int hash) {
        return (set[hash >>> 6] >>> hash & 1) != 0;
    }

    int[] toSend() {
        return toSend;
    }

    int sendCount() {
        return sendCount;
    }

    /// A bit for each hash of the message, 1 = wanted.
    byte[] wanted() {
        return wanted;
    }

    int wantCount() {
        return wantCount;
    }
}
