package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.random.RandomGenerator;

/// Makes the samples of two nodes equal, one subspace at a time:
///
/// ```
///   A                                             B
///   SUMMARY size, threshold, digests     ------->  the same? SAME
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
    /// Rounds whose exchanges there is room for, however long they may take.
    private static final int MAX_PERIODS = 5;

    /// An exchange begins when one before it has ended, but for some that may be under way at once:
    /// a quarter of those of a period. Where nodes are slower than was thought, they then exchange
    /// as fast as they can; without this, answers come when nobody waits for them any more.
    private static final int PERIOD_SHARE = 4;

    private static final int LEAST_UNDER_WAY = 2;

    /// Hashes that an answer may have room for, however few items a sample has.
    private static final int LEAST_HASHES = 256;

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
    private final RangeSet differing = new RangeSet();
    private final RangeSet chosen = new RangeSet();
    private final Comparison comparison = new Comparison();
    private final DigestNeed need;
    private final int[] granted = new int[Comparison.MAX_SENT];
    private GossipPqLog log = GossipPqLog.NONE;

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
        need = new DigestNeed(config.subspaces());
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
        need.clear();
    }

    /// Whether another exchange may begin.
    boolean mayBegin(long nowNs) {
        return begun.underWay(nowNs) < Math.max(LEAST_UNDER_WAY, config.fanout() / PERIOD_SHARE);
    }

    /// Nanoseconds until one may, unless an answer comes before.
    long untilMayBegin(long nowNs) {
        return mayBegin(nowNs) ? 0 : begun.untilGivenUp(nowNs);
    }

    /// Begins an exchange; returns false if the outbox refused.
    boolean begin(int m, long peer, Epoch epoch, long nowNs) {
        long id = random.nextLong();
        SubspaceSample sample = samples[m];
        long threshold = sample.threshold();
        int count = KeyRanges.count(sample);
        int digests = need.digests(m, count);
        ranges.choose(sample, count, threshold);
        ranges.compute(sample, id);
        epoch.sign(out.begin(GossipPqKind.SUMMARY, id, epoch.number()))
                .space(epoch.seed())
                .subspace(m)
                .number(sample.size())
                .threshold(threshold)
                .body(count, KeyRanges.bytes(digests));
        ranges.write(out.body, digests);
        int at = begun.place(nowNs);
        if (!out.send(peer)) {
            return false;
        }
        begun.open(at, id, peer, m, threshold, nowNs + config.timeoutNs());
        begun.setRanges(at, ranges);
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
        ranges.read(in, message.count(), threshold);
        ranges.compute(sample, id);
        if (ranges.isSame(in)) {
            // Where this node has more, the other's threshold does not let it in: all is well.
            boolean same = message.number() == sample.size();
            if (same) {
                epoch.sign(out.begin(GossipPqKind.SAME, id, epoch.number())).subspace(m).send(from);
            }
            return same;
        }
        ranges.compare(in, KeyRanges.digests(message.bodyBytes()), differing);
        sendRange(from, message, epoch, nowNs);
        return false;
    }

    private void sendRange(long from, GossipPqMessage message, Epoch epoch, long nowNs) {
        int m = message.subspace();
        long id = message.requestId();
        SubspaceSample sample = samples[m];
        int count = choose(sample);
        if (count == 0) {
            return;
        }
        int at = answered.place(nowNs);
        int[] slots = answered.slots(at);
        chosen.write(out.body, 0, ranges.count());
        long to = RangeSet.bytes(ranges.count());
        int written = 0;
        for (int range = chosen.next(0); range >= 0; range = chosen.next(range + 1)) {
            int hashes = Math.min(ranges.size(range), HashLists.MAX_HASHES - written);
            int width = HashLists.width(hashes);
            to += HashLists.setCount(out.body, to, hashes);
            for (int rank = ranges.start(range); rank < ranges.start(range) + hashes; rank++) {
                slots[written++] = sample.slotAt(rank);
                HashLists.set(out.body, to, width, HashLists.hash(sample, rank, id, width));
                to += width;
            }
        }
        epoch.sign(out.begin(GossipPqKind.RANGE, id, epoch.number()))
                .subspace(m)
                .number(count)
                .threshold(sample.threshold())
                .body(written, (int) to);
        if (out.send(from)) {
            answered.open(at, id, from, m, message.threshold(), nowNs + config.timeoutNs());
            answered.setLeft(at, Comparison.MAX_SENT);
            answered.setCount(at, written);
        } else {
            answered.close(at);
        }
    }

    /// Chooses the lowest of the differing ranges, as many as fit a message, and as hold half of
    /// the sample: while samples fill, much of the other half will not stay in any. Returns how
    /// many.
    private int choose(SubspaceSample sample) {
        chosen.clear();
        int most = Math.clamp(sample.size() / 2, LEAST_HASHES, HashLists.MAX_HASHES);
        int count = 0;
        int hashes = 0;
        for (int range = differing.next(0); range >= 0; range = differing.next(range + 1)) {
            hashes += ranges.size(range);
            if (count > 0 && hashes > most) {
                break;
            }
            chosen.add(range);
            count++;
        }
        return count;
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
        need.same(message.subspace());
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
        SubspaceSample sample = samples[message.subspace()];
        if (!comparison.run(sample, begun.ranges(at), begun.cuts(at), message, in)) {
            counters.foreign++;
            return;
        }
        need.compared(message.subspace(), begun.ranges(at), message.count(), comparison);
        int wanted = comparison.wantCount();
        begun.setLeft(at, wanted);
        int wantedBytes = wanted == 0 ? 0 : (message.count() + 7) / Byte.SIZE;
        if (comparison.sendCount() > 0 || wanted > 0) {
            sendItems(
                    from, message, comparison.toSend(), comparison.sendCount(), wantedBytes, epoch);
        }
        if (wanted == 0) {
            begun.close(at);
        }
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
        } else if (begun.left(at) == 0) {
            begun.close(at);
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
        int grantedCount = 0;
        for (int i = 0; i < count && grantedCount < granted.length; i++) {
            byte bits = in.get(ValueLayout.JAVA_BYTE, items + (i >>> 3));
            if ((bits >>> (i & 7) & 1) != 0) {
                granted[grantedCount++] = slots[i];
            }
        }
        if (grantedCount > 0) {
            sendItems(from, message, granted, grantedCount, 0, epoch);
        }
    }

    /// Sends the items that were chosen, in as many messages as it takes; the first one carries the
    /// wishes.
    private void sendItems(
            long to,
            GossipPqMessage exchange,
            int[] toSend,
            int sendCount,
            int wantedBytes,
            Epoch epoch) {
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
                    comparison.wanted(),
                    0,
                    out.body,
                    ValueLayout.JAVA_BYTE,
                    (long) count * bytes,
                    wishes);
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
