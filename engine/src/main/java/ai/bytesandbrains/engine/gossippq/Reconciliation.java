package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Makes the samples of two nodes equal, one subspace at a time:
///
/// ```
///   A                                             B
///   SUMMARY size, threshold, 64 digests  ------->  the same? SAME
///                                        <-------  RANGE short hashes of what differs, lowest
///                                        first
///   what B lacks, lowest first;
///   ITEMS items, which of B's are wanted ------->  takes them
///                                        <-------  ITEMS what was wanted
/// ```
///
/// The ranges are those up to A's threshold, since A wants nothing beyond. All hashes are salted by
/// the number of the exchange: items that two hashes confuse are told apart in the next one.
final class Reconciliation {
    /// Items that one side sends in an exchange at the most.
    static final int MAX_SENT = 512;

    private static final int SHORTS = 1 << 16;

    /// Rounds whose exchanges there is room for, however long they may take.
    private static final int MAX_PERIODS = 5;

    private final GossipPqConfig config;
    private final SubspaceSample[] samples;
    private final OutgoingMessage out;
    private final RandomGenerator random;
    private final GossipPqCounters counters;
    private final KeyRanges ranges = new KeyRanges();
    private final Exchanges begun;
    private final Exchanges answered;
    private final MemorySegment in;
    private final MemorySegment item;
    private final long[] mine = new long[SHORTS / Long.SIZE];
    private final long[] theirs = new long[SHORTS / Long.SIZE];
    private final int[] toSend = new int[MAX_SENT];
    private final byte[] wanted = new byte[GossipPqBody.MAX_WANTED_BYTES];
    private GossipPqLog log = GossipPqLog.NONE;
    private int sendCount;
    private int wantCount;

    Reconciliation(
            GossipPqConfig config,
            SubspaceSample[] samples,
            OutgoingMessage out,
            RandomGenerator random,
            GossipPqCounters counters,
            Arena arena) {
        this.config = config;
        this.samples = samples;
        this.out = out;
        this.random = random;
        this.counters = counters;
        int places = places(config);
        begun = new Exchanges(places, false);
        answered = new Exchanges(places, true);
        in = arena.allocate(GossipPqBody.maxBytes(config.subspaceDimensions()), Long.BYTES);
        item = arena.allocate(ItemLayout.stride(config.subspaceDimensions()), Long.BYTES);
    }

    /// As many exchanges as are begun until the first of them is forgotten, and some more.
    private static int places(GossipPqConfig config) {
        long periods = 1 + config.timeoutNs() / config.periodNs();
        return (int) Math.min(periods, MAX_PERIODS) * 2 * config.fanout() + 8;
    }

    /// Who hears of the items that come in from now on.
    void logTo(GossipPqLog log) {
        this.log = log;
    }

    /// Forgets all exchanges: an epoch begins or ends.
    void clear() {
        begun.clear();
        answered.clear();
    }

    /// Begins an exchange; returns false if the outbox refused.
    boolean begin(int m, long peer, Epoch epoch, long nowNs) {
        long id = random.nextLong();
        SubspaceSample sample = samples[m];
        long threshold = sample.threshold();
        ranges.compute(sample, threshold, id);
        epoch.sign(out.begin(GossipPqKind.SUMMARY, id, epoch.number()))
                .space(epoch.seed())
                .subspace(m)
                .number(sample.size())
                .threshold(threshold)
                .body(0, GossipPqBody.DIGEST_BYTES);
        for (int range = 0; range < KeyRanges.COUNT; range++) {
            out.body.set(ItemLayout.LONG, 8L * range, ranges.digest(range));
        }
        int at = begun.place(nowNs);
        if (!out.send(peer)) {
            return false;
        }
        begun.open(at, id, peer, m, threshold, nowNs + config.timeoutNs());
        begun.setChanges(at, sample.changes());
        counters.summaries++;
        return true;
    }

    /// Answers a summary of this node's epoch; returns whether the samples are the same.
    boolean onSummary(long from, GossipPqMessage message, Epoch epoch, long nowNs) {
        int m = message.subspace();
        SubspaceSample sample = samples[m];
        long threshold = message.threshold();
        long id = message.requestId();
        message.copyBody(in, 0);
        ranges.compute(sample, threshold, id);
        long differing = 0;
        for (int range = 0; range < KeyRanges.COUNT; range++) {
            if (in.get(ItemLayout.LONG, 8L * range) != ranges.digest(range)) {
                differing |= 1L << range;
            }
        }
        if (differing == 0) {
            if (message.number() == sample.size()) {
                epoch.sign(out.begin(GossipPqKind.SAME, id, epoch.number())).subspace(m).send(from);
                return true;
            }
            // This node has more than the other's threshold lets in: nothing to be done for it.
            return false;
        }
        sendRange(from, message, differing, epoch, nowNs);
        return false;
    }

    private void sendRange(
            long from, GossipPqMessage message, long differing, Epoch epoch, long nowNs) {
        int m = message.subspace();
        long id = message.requestId();
        SubspaceSample sample = samples[m];
        int at = answered.place(nowNs);
        int[] slots = answered.slots(at);
        long chosen = 0;
        int hashes = 0;
        for (long rest = differing; rest != 0; rest &= rest - 1) {
            int range = Long.numberOfTrailingZeros(rest);
            if (chosen != 0 && hashes + ranges.size(range) > GossipPqBody.MAX_HASHES) {
                break;
            }
            chosen |= 1L << range;
            hashes = Math.min(GossipPqBody.MAX_HASHES, hashes + ranges.size(range));
        }
        long counts = 0;
        long to = (long) Long.bitCount(chosen) * GossipPqBody.HASH_BYTES;
        int written = 0;
        for (long rest = chosen; rest != 0; rest &= rest - 1) {
            int range = Long.numberOfTrailingZeros(rest);
            int count = Math.min(ranges.size(range), hashes - written);
            out.body.set(ItemLayout.SHORT, counts, (short) count);
            counts += GossipPqBody.HASH_BYTES;
            for (int i = 0; i < count; i++) {
                int rank = ranges.start(range) + i;
                slots[written++] = sample.slotAt(rank);
                short hash = KeyRanges.shortHash(sample, rank, id);
                out.body.set(ItemLayout.SHORT, to, hash);
                to += GossipPqBody.HASH_BYTES;
            }
        }
        epoch.sign(out.begin(GossipPqKind.RANGE, id, epoch.number()))
                .subspace(m)
                .threshold(sample.threshold())
                .ranges(chosen)
                .body(written, (int) to);
        if (out.send(from)) {
            answered.open(at, id, from, m, message.threshold(), nowNs + config.timeoutNs());
            answered.setLeft(at, MAX_SENT);
            answered.setCount(at, written);
        } else {
            answered.close(at);
        }
    }

    /// Takes note that a peer's sample is the same; returns whether it was asked, and about the
    /// sample as it is now.
    boolean onSame(long from, GossipPqMessage message, long nowNs) {
        int at = begun.find(from, message, nowNs);
        if (at < 0) {
            counters.unsolicited++;
            return false;
        }
        begun.close(at);
        counters.same++;
        return begun.changes(at) == samples[message.subspace()].changes();
    }

    /// Answers a range message with items and wishes.
    void onRange(long from, GossipPqMessage message, Epoch epoch, long nowNs) {
        int at = begun.find(from, message, nowNs);
        if (at < 0 || begun.advance(at)) {
            counters.unsolicited++;
            return;
        }
        message.copyBody(in, 0);
        if (!compare(message, begun.threshold(at))) {
            counters.foreign++;
            return;
        }
        begun.setLeft(at, wantCount);
        int wantedBytes = wantCount == 0 ? 0 : (message.count() + 7) / Byte.SIZE;
        if (sendCount > 0 || wantCount > 0) {
            sendItems(from, message, wantedBytes, epoch);
        }
    }

    /// Finds out what the peer lacks and what it has that this node lacks.
    private boolean compare(GossipPqMessage message, long threshold) {
        SubspaceSample sample = samples[message.subspace()];
        long id = message.requestId();
        ranges.locate(sample, threshold);
        sendCount = 0;
        wantCount = 0;
        Arrays.fill(wanted, (byte) 0);
        int chosen = Long.bitCount(message.ranges());
        long hashes = (long) chosen * GossipPqBody.HASH_BYTES;
        int first = 0;
        int group = 0;
        for (long rest = message.ranges(); rest != 0; rest &= rest - 1) {
            int range = Long.numberOfTrailingZeros(rest);
            int count = in.get(ItemLayout.SHORT, (long) group * GossipPqBody.HASH_BYTES) & 0xffff;
            group++;
            if (first + count > message.count()) {
                return false;
            }
            compareRange(sample, range, id, message.threshold(), hashes, first, count);
            first += count;
        }
        return first == message.count();
    }

    private void compareRange(
            SubspaceSample sample,
            int range,
            long id,
            long theirThreshold,
            long hashes,
            int first,
            int count) {
        for (int i = first; i < first + count; i++) {
            int hash = hashAt(hashes, i);
            theirs[hash >>> 6] |= 1L << hash;
        }
        int end = ranges.start(range) + ranges.size(range);
        for (int rank = ranges.start(range); rank < end; rank++) {
            int hash = KeyRanges.shortHash(sample, rank, id) & 0xffff;
            mine[hash >>> 6] |= 1L << hash;
            boolean lacks = (theirs[hash >>> 6] & 1L << hash) == 0;
            if (lacks && sendCount < MAX_SENT && sample.keyAt(rank) <= theirThreshold) {
                toSend[sendCount++] = sample.slotAt(rank);
            }
        }
        for (int i = first; i < first + count; i++) {
            int hash = hashAt(hashes, i);
            theirs[hash >>> 6] = 0;
            if ((mine[hash >>> 6] & 1L << hash) == 0 && wantCount < MAX_SENT) {
                wanted[i >>> 3] |= (byte) (1 << (i & 7));
                wantCount++;
            }
        }
        for (int rank = ranges.start(range); rank < end; rank++) {
            mine[(KeyRanges.shortHash(sample, rank, id) & 0xffff) >>> 6] = 0;
        }
    }

    private int hashAt(long hashes, int i) {
        return in.get(ItemLayout.SHORT, hashes + (long) i * GossipPqBody.HASH_BYTES) & 0xffff;
    }

    /// Takes items, and sends those that are wanted; returns how many changed the sample.
    int onItems(long from, GossipPqMessage message, Epoch epoch, long nowNs) {
        boolean own = true;
        Exchanges exchanges = begun;
        int at = begun.find(from, message, nowNs);
        if (at < 0) {
            own = false;
            exchanges = answered;
            at = answered.find(from, message, nowNs);
        }
        if (at < 0 || message.count() > exchanges.left(at)) {
            counters.unsolicited++;
            return 0;
        }
        exchanges.setLeft(at, exchanges.left(at) - message.count());
        message.copyBody(in, 0);
        boolean weighted = (message.flags() & GossipPqMessage.WEIGHTED) != 0;
        int taken = take(message.subspace(), message.count(), weighted, in);
        if (taken > 0) {
            log.onItems(epoch.number(), message.subspace(), message.count(), weighted, in);
        }
        if (!own) {
            sendWanted(from, message, at, epoch);
        }
        return taken;
    }

    /// Merges items in their wire form into a sample; returns how many changed it.
    int take(int m, int count, boolean weighted, MemorySegment wire) {
        SubspaceSample sample = samples[m];
        int dimensions = config.subspaceDimensions();
        int bytes = ItemLayout.wireBytes(dimensions, weighted);
        int refused = 0;
        int taken = 0;
        for (int i = 0; i < count; i++) {
            if (i % SubspaceSample.BATCH == 0) {
                taken += sample.commit();
            }
            if (ItemLayout.fromWire(wire, (long) i * bytes, dimensions, weighted, item, 0)) {
                sample.stage(item, 0);
            } else {
                refused++;
            }
        }
        taken += sample.commit();
        counters.itemsTaken += taken;
        counters.itemsRefused += refused;
        counters.itemsUseless += count - taken - refused;
        return taken;
    }

    private void sendWanted(long from, GossipPqMessage message, int at, Epoch epoch) {
        boolean weighted = (message.flags() & GossipPqMessage.WEIGHTED) != 0;
        int items = message.count() * ItemLayout.wireBytes(config.subspaceDimensions(), weighted);
        int bytes = message.bodyBytes() - items;
        if (bytes == 0 || answered.advance(at)) {
            return;
        }
        int[] slots = answered.slots(at);
        int count = Math.min(answered.count(at), bytes * Byte.SIZE);
        sendCount = 0;
        for (int i = 0; i < count && sendCount < MAX_SENT; i++) {
            byte bits = in.get(ValueLayout.JAVA_BYTE, items + (i >>> 3));
            if ((bits >>> (i & 7) & 1) != 0) {
                toSend[sendCount++] = slots[i];
            }
        }
        if (sendCount > 0) {
            sendItems(from, message, 0, epoch);
        }
    }

    /// Sends the items that were chosen, in as many messages as it takes; the first one carries the
    /// wishes.
    private void sendItems(long to, GossipPqMessage exchange, int wantedBytes, Epoch epoch) {
        int m = exchange.subspace();
        SubspaceSample sample = samples[m];
        int dimensions = config.subspaceDimensions();
        int most = GossipPqBody.maxItems(dimensions);
        int sent = 0;
        do {
            int count = Math.min(most, sendCount - sent);
            boolean weighted = false;
            for (int i = sent; i < sent + count; i++) {
                long offset = sample.offsetOf(toSend[i]);
                weighted |= ItemLayout.weight(sample.items(), offset) != 1;
            }
            int bytes = ItemLayout.wireBytes(dimensions, weighted);
            for (int i = 0; i < count; i++) {
                long offset = sample.offsetOf(toSend[sent + i]);
                ItemLayout.toWire(
                        sample.items(), offset, dimensions, weighted, out.body, (long) i * bytes);
            }
            int wishes = sent == 0 ? wantedBytes : 0;
            MemorySegment.copy(
                    wanted, 0, out.body, ValueLayout.JAVA_BYTE, (long) count * bytes, wishes);
            out.begin(GossipPqKind.ITEMS, exchange.requestId(), epoch.number())
                    .subspace(m)
                    .flag(weighted ? GossipPqMessage.WEIGHTED : 0)
                    .body(count, count * bytes + wishes);
            if (!out.send(to)) {
                return;
            }
            counters.itemsSent += count;
            sent += count;
        } while (sent < sendCount);
    }
}
