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

    /// Wherever middle and threshold are, every item up to the threshold is in the one range of its
    /// key, and ranges follow each other.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldCutAllKeysIntoRanges(long seed) {
        Random random = new Random(seed);
        SubspaceSample sample = sample();
        for (int i = 0; i < 300; i++) {
            offer(sample, i);
        }
        KeyRanges ranges = new KeyRanges();
        for (int i = 0; i < 1000; i++) {
            long threshold =
                    i < 10 ? Long.MAX_VALUE - i : random.nextLong() >>> (1 + random.nextInt(63));
            long middle = i < 20 ? threshold - i % 5 : (long) (random.nextDouble() * threshold);
            ranges.compute(sample, Math.max(0, middle), threshold, 1);
            int items = 0;
            for (int range = 0; range < KeyRanges.COUNT; range++) {
                assertThat(ranges.size(range)).as("seed=%d i=%d", seed, i).isNotNegative();
                items += ranges.size(range);
            }
            int expected = threshold == Long.MAX_VALUE ? 300 : sample.rankOf(threshold + 1);

            assertThat(ranges.start(0)).isZero();
            assertThat(items).as("seed=%d i=%d", seed, i).isEqualTo(expected);
        }
    }

    /// A sample with few items where a full one has thousands: ranges lie where the items are.
    @Test
    void shouldCutFinerWhereMostItemsAre() {
        SubspaceSample sample = sample();
        for (int i = 0; i < 6000; i++) {
            offer(sample, i);
        }
        KeyRanges ranges = new KeyRanges();
        long low = sample.keyAt(1000);
        ranges.locate(sample, low, Long.MAX_VALUE);

        assertThat(ranges.size(0)).isLessThan(20);
        assertThat(ranges.end(KeyRanges.COUNT / 2 - 1)).isEqualTo(1001);
        assertThat(ranges.size(KeyRanges.COUNT / 2)).isBetween(5, 60);
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
        for (int i = 0; i < 20_000; i++) {
            int ranges = 1 + random.nextInt(random.nextBoolean() ? 4 : KeyRanges.COUNT);
            int hashes = random.nextInt(random.nextBoolean() ? 20 : HashLists.MAX_HASHES + 1);
            byte[] bytes =
                    new byte[HashLists.headerBytes(ranges) + hashes + random.nextInt(hashes + 1)];
            random.nextBytes(bytes);
            RangeSet chosen = new RangeSet();
            while (random.nextInt(200) > 0 && chosen.size() < ranges) {
                chosen.add(random.nextInt(KeyRanges.COUNT));
            }
            MemorySegment letter = MemorySegment.ofArray(bytes);
            chosen.write(letter, 0);
            int left = hashes;
            for (int number = 0; number < ranges && random.nextInt(200) > 0; number++) {
                int count = number == ranges - 1 ? left : random.nextInt(left + 1);
                HashLists.setCount(letter, number, count);
                left -= count;
            }
            Letter message = message(ranges, hashes, random.nextLong() >>> 1, letter, i);
            assertThat(GossipPqBody.isSound(message, DIMENSIONS, 1)).isTrue();
            message.copyBody(body, 0);
            long middle = random.nextLong() >>> (1 + random.nextInt(63));
            compared += comparison.run(sample, middle, Long.MAX_VALUE, message, body) ? 1 : 0;

            assertThat(comparison.sendCount()).isBetween(0, Comparison.MAX_SENT);
            assertThat(comparison.wantCount()).isBetween(0, Math.min(hashes, Comparison.MAX_SENT));
        }

        assertThat(compared).as("seed=%d", seed).isBetween(1, 19_999);
    }

    /// What a peer with this sample would answer, compared with another sample.
    private boolean compare(SubspaceSample mine, SubspaceSample theirs, long salt) {
        long middle = KeyRanges.middle(mine);
        KeyRanges digests = new KeyRanges();
        MemorySegment summary = arena.allocate(KeyRanges.DIGEST_BYTES, 8);
        digests.compute(mine, middle, Long.MAX_VALUE, salt);
        digests.write(summary);
        digests.compute(theirs, middle, Long.MAX_VALUE, salt);
        assertThat(digests.isSame(summary)).isFalse();
        RangeSet differing = new RangeSet();
        digests.compare(summary, differing);
        RangeSet chosen = new RangeSet();
        int hashes = 0;
        int range = differing.next(0);
        while (range >= 0 && hashes + digests.size(range) <= HashLists.MAX_HASHES) {
            chosen.add(range);
            hashes += digests.size(range);
            range = differing.next(range + 1);
        }
        chosen.write(body, 0);
        int ranges = chosen.size();
        long to = HashLists.headerBytes(ranges);
        range = -1;
        for (int number = 0; number < ranges; number++) {
            range = chosen.next(range + 1);
            int width = HashLists.width(digests.size(range));
            HashLists.setCount(body, number, digests.size(range));
            for (int rank = digests.start(range); rank < digests.end(range); rank++) {
                HashLists.set(body, to, width, HashLists.hash(theirs, rank, salt, width));
                to += width;
            }
        }
        MemorySegment whole = body.asSlice(0, to);
        Letter message = message(ranges, hashes, theirs.threshold(), whole, salt);
        return comparison.run(mine, middle, Long.MAX_VALUE, message, body);
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
