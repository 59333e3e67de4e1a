package ai.bytesandbrains.engine.gossippq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/// What is found to differ between two samples.
class ComparisonTest {
    private static final int DIMENSIONS = 4;
    private static final int CAPACITY = 8192;

    private final Arena arena = Arena.ofConfined();
    private final Comparison comparison = new Comparison();
    private final MemorySegment body = arena.allocate(HashLists.maxBytes(), 8);

    @AfterEach
    void close() {
        arena.close();
    }

    /// A byte of a hash confuses some items with others; other salts tell them apart.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldFindAllThatIsMissingUnderFewSalts(long seed) {
        Random random = new Random(seed);
        SubspaceSample mine = sample();
        SubspaceSample theirs = sample();
        int missing = 0;
        for (int i = 0; i < 6000; i++) {
            boolean some = random.nextInt(40) == 0;
            missing += some ? 1 : 0;
            offer(mine, i);
            if (!some) {
                offer(theirs, i);
            }
        }
        int exchanges = 0;
        while (theirs.size() < mine.size()) {
            assertThat(++exchanges).as("seed=%d missing=%d", seed, missing).isLessThan(12);
            assertThat(compare(mine, theirs, random.nextLong())).isTrue();
            assertThat(comparison.wantCount()).isLessThan(40);
            for (int i = 0; i < comparison.sendCount(); i++) {
                theirs.stage(mine.items(), mine.offsetOf(comparison.toSend()[i]));
                theirs.commit();
            }
        }

        assertThat(exchanges).as("seed=%d missing=%d", seed, missing).isGreaterThan(1);
    }

    @Test
    void shouldWantWhatOnlyThePeerHasAndNothingElse() {
        SubspaceSample mine = sample();
        SubspaceSample theirs = sample();
        for (int i = 0; i < 1000; i++) {
            offer(theirs, i);
            if (i != 500) {
                offer(mine, i);
            }
        }
        int wanted = 0;
        for (long salt = 0; salt < 20; salt++) {
            assertThat(compare(mine, theirs, salt)).isTrue();
            assertThat(comparison.sendCount()).isZero();
            assertThat(comparison.wantCount()).isLessThanOrEqualTo(1);
            wanted += comparison.wantCount();
        }

        assertThat(wanted).isGreaterThan(15);
    }

    /// Wherever cuts and threshold are, every item up to the threshold is in the one range of its
    /// key, and ranges follow each other.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldCutAllKeysIntoRanges(long seed) {
        Random random = new Random(seed);
        SubspaceSample sample = sample();
        for (int i = 0; i < 300; i++) {
            offer(sample, i);
        }
        byte[] bytes = new byte[KeyRanges.bytes(0)];
        KeyRanges ranges = new KeyRanges();
        for (int i = 0; i < 1000; i++) {
            long threshold =
                    i < 10 ? Long.MAX_VALUE - i : random.nextLong() >>> (1 + random.nextInt(63));
            int count = KeyRanges.LEAST << i % 3;
            random.nextBytes(bytes);
            if (i % 4 == 0) {
                ranges.choose(sample, count, threshold);
            } else {
                ranges.read(MemorySegment.ofArray(bytes), count, threshold);
            }
            ranges.compute(sample, 1);
            int items = 0;
            for (int range = 0; range < count; range++) {
                assertThat(ranges.size(range)).as("seed=%d i=%d", seed, i).isNotNegative();
                items += ranges.size(range);
            }
            int expected = threshold == Long.MAX_VALUE ? 300 : sample.rankOf(threshold + 1);

            assertThat(ranges.start(0)).isZero();
            assertThat(ranges.count()).isEqualTo(count);
            assertThat(items).as("seed=%d i=%d", seed, i).isEqualTo(expected);
        }
    }

    /// A sample that has filled up at low keys only: ranges lie where the items are.
    @Test
    void shouldCutFinerWhereMostItemsAre() {
        SubspaceSample sample = sample();
        SubspaceSample whole = sample();
        for (int i = 0; i < 8000; i++) {
            offer(whole, i);
        }
        for (int rank = 0; rank < 8000; rank += rank < 1600 ? 1 : 5) {
            sample.stage(whole.items(), whole.offsetOf(whole.slotAt(rank)));
            sample.commit();
        }
        KeyRanges ranges = new KeyRanges();
        int count = KeyRanges.count(sample);
        ranges.choose(sample, count, Long.MAX_VALUE);
        ranges.locate(sample);

        assertThat(count).isEqualTo(256);
        for (int range = 0; range < count; range++) {
            assertThat(ranges.size(range)).as("range=%d", range).isBetween(0, HashLists.NARROW);
        }
    }

    /// Both cut their samples alike, the one that chose and the one that was told.
    @Test
    void shouldReadTheCutsThatWereWritten() {
        SubspaceSample sample = sample();
        for (int i = 0; i < 5000; i++) {
            offer(sample, i);
        }
        KeyRanges chosen = new KeyRanges();
        chosen.choose(sample, 512, sample.keyAt(4900));
        chosen.compute(sample, 5);
        chosen.write(body, 512);
        KeyRanges read = new KeyRanges();
        read.read(body, 512, sample.keyAt(4900));
        read.compute(sample, 5);
        RangeSet differing = new RangeSet();
        read.compare(body, 512, differing);

        assertThat(read.isSame(body)).isTrue();
        assertThat(differing.size()).isZero();
    }

    /// What a peer sent no digests of may differ, if nothing else does.
    @Test
    void shouldSuspectRangesWithoutDigests() {
        SubspaceSample mine = sample();
        SubspaceSample theirs = sample();
        for (int i = 0; i < 3000; i++) {
            offer(mine, i);
        }
        for (int rank = 0; rank < 3000; rank++) {
            if (rank != 2000) {
                theirs.stage(mine.items(), mine.offsetOf(mine.slotAt(rank)));
                theirs.commit();
            }
        }
        KeyRanges ranges = new KeyRanges();
        ranges.choose(mine, 256, Long.MAX_VALUE);
        ranges.compute(mine, 9);
        ranges.write(body, 128);
        ranges.read(body, 256, Long.MAX_VALUE);
        ranges.compute(theirs, 9);
        RangeSet differing = new RangeSet();
        ranges.compare(body, 128, differing);

        assertThat(ranges.isSame(body)).isFalse();
        assertThat(differing.next(0)).isEqualTo(128);
        assertThat(differing.size()).isEqualTo(128);
    }

    /// Sound lengths and any content: some are refused, none does harm.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldRefuseOrCompareWhateverAPeerSends(long seed) {
        Random random = new Random(seed);
        SubspaceSample sample = sample();
        for (int i = 0; i < 500; i++) {
            offer(sample, i);
        }
        int compared = 0;
        KeyRanges cuts = new KeyRanges();
        long[] saved = new long[KeyRanges.PARTS];
        for (int i = 0; i < 20_000; i++) {
            int count = KeyRanges.LEAST << random.nextInt(3);
            RangeSet chosen = new RangeSet();
            int ranges = 1 + random.nextInt(random.nextBoolean() ? 4 : count);
            while (random.nextInt(200) > 0 && chosen.size() < ranges) {
                chosen.add(random.nextInt(count));
            }
            int left = random.nextInt(random.nextBoolean() ? 20 : HashLists.MAX_HASHES + 1);
            final int hashes = left;
            byte[] bytes = new byte[HashLists.maxBytes()];
            random.nextBytes(bytes);
            MemorySegment letter = MemorySegment.ofArray(bytes);
            chosen.write(letter, 0, count);
            int end = RangeSet.bytes(count);
            for (int number = 0; number < ranges && random.nextInt(200) > 0; number++) {
                int each = number == ranges - 1 ? left : random.nextInt(left + 1);
                end += HashLists.setCount(letter, end, each);
                end += each * HashLists.width(each);
                left -= each;
            }
            int least = RangeSet.bytes(KeyRanges.MOST) + ranges + hashes;
            end = random.nextInt(20) > 0 ? end : end + random.nextInt(9) - 4;
            end = Math.clamp(end, least, Math.min(bytes.length, least + ranges + hashes));
            Letter message =
                    message(ranges, hashes, random.nextLong() >>> 1, letter.asSlice(0, end), i);
            assertThat(GossipPqBody.isSound(message, DIMENSIONS, 1)).isTrue();
            message.copyBody(body, 0);
            cuts.choose(sample, count, random.nextLong() >>> (1 + random.nextInt(63)));
            cuts.save(saved);
            compared += comparison.run(sample, count, saved, message, body) ? 1 : 0;

            assertThat(comparison.sendCount()).isBetween(0, Comparison.MAX_SENT);
            assertThat(comparison.wantCount()).isBetween(0, Math.min(hashes, Comparison.MAX_SENT));
        }

        assertThat(compared).as("seed=%d", seed).isBetween(1, 19_999);
    }

    /// What a peer with this sample would answer, compared with another sample.
    private boolean compare(SubspaceSample mine, SubspaceSample theirs, long salt) {
        KeyRanges digests = new KeyRanges();
        final int count = KeyRanges.count(mine);
        final long[] cuts = new long[KeyRanges.PARTS];
        MemorySegment summary = arena.allocate(KeyRanges.bytes(count), 8);
        digests.choose(mine, count, Long.MAX_VALUE);
        digests.save(cuts);
        digests.compute(mine, salt);
        digests.write(summary, count);
        digests.read(summary, count, Long.MAX_VALUE);
        digests.compute(theirs, salt);
        assertThat(digests.isSame(summary)).isFalse();
        RangeSet differing = new RangeSet();
        digests.compare(summary, count, differing);
        RangeSet chosen = new RangeSet();
        int hashes = 0;
        int range = differing.next(0);
        while (range >= 0 && hashes + digests.size(range) <= HashLists.MAX_HASHES) {
            chosen.add(range);
            hashes += digests.size(range);
            range = differing.next(range + 1);
        }
        chosen.write(body, 0, count);
        long to = RangeSet.bytes(count);
        for (range = chosen.next(0); range >= 0; range = chosen.next(range + 1)) {
            int width = HashLists.width(digests.size(range));
            to += HashLists.setCount(body, to, digests.size(range));
            for (int rank = digests.start(range); rank < digests.end(range); rank++) {
                HashLists.set(body, to, width, HashLists.hash(theirs, rank, salt, width));
                to += width;
            }
        }
        MemorySegment whole = body.asSlice(0, to);
        Letter message = message(chosen.size(), hashes, theirs.threshold(), whole, salt);
        return comparison.run(mine, count, cuts, message, body);
    }

    private static Letter message(
            int ranges, int hashes, long threshold, MemorySegment body, long id) {
        return new Letter(
                GossipPqKind.RANGE, id, 0, 0, 0, 0, 0, 0, ranges, threshold, 0, hashes, body);
    }

    private SubspaceSample sample() {
        SubspaceSample sample = new SubspaceSample(CAPACITY, CAPACITY, DIMENSIONS, arena);
        sample.clear(7);
        return sample;
    }

    private void offer(SubspaceSample sample, int number) {
        MemorySegment part = arena.allocate(4L * DIMENSIONS, 8);
        MemorySegment item = arena.allocate(ItemLayout.stride(DIMENSIONS), 8);
        Random random = new Random(number);
        for (int d = 0; d < DIMENSIONS; d++) {
            part.setAtIndex(ValueLayout.JAVA_FLOAT, d, random.nextFloat());
        }
        ItemLayout.write(1 + number % 30, number, 1, part, 0, DIMENSIONS, item, 0);
        sample.stage(item, 0);
        sample.commit();
    }
}
