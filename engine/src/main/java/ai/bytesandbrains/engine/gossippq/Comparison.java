package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
    private int reached;
    private int differing;

    /// Compares; returns false if the body is none.
    ///
    /// @param sample this node's
    /// @param count of the ranges of both
    /// @param cuts of these ranges
    /// @param message the peer's, of sound form
    /// @param body its body
    boolean run(
            SubspaceSample sample,
            int count,
            long[] cuts,
            GossipPqMessage message,
            MemorySegment body) {
        ranges.resume(count, cuts);
        ranges.locate(sample);
        sendCount = 0;
        wantCount = 0;
        reached = 0;
        differing = 0;
        Arrays.fill(wanted, (byte) 0);
        int end = message.bodyBytes();
        int at = RangeSet.bytes(count);
        if (at > end) {
            return false;
        }
        chosen.read(body, 0, count);
        if (chosen.size() != message.number()) {
            return false;
        }
        int first = 0;
        for (int range = chosen.next(0); range >= 0; range = chosen.next(range + 1)) {
            if (at == end) {
                return false;
            }
            int countBytes = HashLists.countBytes(body.get(ValueLayout.JAVA_BYTE, at));
            if (at + countBytes > end) {
                return false;
            }
            int hashes = HashLists.count(body, at);
            int width = HashLists.width(hashes);
            at += countBytes;
            if (first + hashes > message.count() || hashes * width > end - at) {
                return false;
            }
            compare(sample, range, message, body, at, first, hashes);
            at += hashes * width;
            first += hashes;
        }
        return first == message.count() && at == end;
    }

    /// Compares a range.
    private void compare(
            SubspaceSample sample,
            int range,
            GossipPqMessage message,
            MemorySegment body,
            int at,
            int first,
            int hashes) {
        int width = HashLists.width(hashes);
        for (int i = 0; i < hashes; i++) {
            add(theirs, HashLists.get(body, at + (long) i * width, width));
        }
        boolean lacking = offer(sample, range, width, message);
        boolean wanting = want(body, at, width, first, hashes);
        forget(sample, range, width, message.requestId());
        reached = range + 1;
        differing += lacking || wanting ? 1 : 0;
    }

    /// Chooses what the peer lacks; returns whether there is such.
    private boolean offer(SubspaceSample sample, int range, int width, GossipPqMessage message) {
        boolean any = false;
        for (int rank = ranges.start(range); rank < ranges.end(range); rank++) {
            int hash = HashLists.hash(sample, rank, message.requestId(), width);
            add(mine, hash);
            boolean lacks = !contains(theirs, hash) && sample.keyAt(rank) <= message.threshold();
            any |= lacks;
            if (lacks && sendCount < MAX_SENT) {
                toSend[sendCount++] = sample.slotAt(rank);
            }
        }
        return any;
    }

    /// Chooses what this node lacks, and forgets the peer's hashes; returns whether it lacks any.
    private boolean want(MemorySegment body, long at, int width, int first, int hashes) {
        boolean any = false;
        for (int i = 0; i < hashes; i++) {
            int hash = HashLists.get(body, at + (long) i * width, width);
            theirs[hash >>> 6] = 0;
            boolean lacks = !contains(mine, hash);
            any |= lacks;
            if (lacks && wantCount < MAX_SENT) {
                int bit = first + i;
                wanted[bit >>> 3] |= (byte) (1 << (bit & 7));
                wantCount++;
            }
        }
        return any;
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

    /// Up to which range the message went.
    int reached() {
        return reached;
    }

    /// How many of its ranges did differ.
    int differing() {
        return differing;
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
