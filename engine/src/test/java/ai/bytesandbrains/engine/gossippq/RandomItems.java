package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Items for tests, and samples of them.
final class RandomItems {
    static final int DIMENSIONS = 5;
    static final long SEED = 77;

    private RandomItems() {}

    /// Items of a few origins, some equal in all but their components, weighted ones among them.
    static List<byte[]> items(Random random, int count, int origins) {
        List<byte[]> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] item = new byte[ItemLayout.stride(DIMENSIONS)];
            MemorySegment segment = MemorySegment.ofArray(item);
            segment.set(ItemLayout.INT, ItemLayout.ORIGIN, 1 + random.nextInt(origins));
            segment.set(ItemLayout.INT, ItemLayout.INDEX, random.nextInt(count));
            int weight = random.nextInt(4) == 0 ? 1 + random.nextInt(300) : 1;
            segment.set(ItemLayout.SHORT, ItemLayout.WEIGHT, (short) weight);
            segment.set(ItemLayout.SHORT, ItemLayout.SCALE, Float.floatToFloat16(0.5f));
            for (int d = 0; d < DIMENSIONS; d++) {
                item[ItemLayout.COMPONENTS + d] = (byte) (random.nextInt(3) - 1);
            }
            items.add(item);
        }
        return items;
    }

    static SubspaceSample sample(Arena arena, int capacity, int quota) {
        SubspaceSample sample = new SubspaceSample(capacity, quota, DIMENSIONS, arena);
        sample.clear(SEED);
        return sample;
    }

    /// Offers items in groups of random sizes.
    static void offer(SubspaceSample sample, List<byte[]> items, Random random) {
        int left = 1 + random.nextInt(SubspaceSample.BATCH);
        MemorySegment scratch = Arena.ofAuto().allocate(sample.stride(), 8);
        for (byte[] item : items) {
            MemorySegment.copy(item, 0, scratch, ValueLayout.JAVA_BYTE, 0, item.length);
            sample.stage(scratch, 0);
            if (--left == 0) {
                sample.commit();
                left = 1 + random.nextInt(SubspaceSample.BATCH);
            }
        }
        sample.commit();
    }

    static List<byte[]> shuffled(List<byte[]> items, Random random) {
        List<byte[]> copy = new ArrayList<>(items);
        Collections.shuffle(copy, random);
        return copy;
    }

    /// What a sample holds, by rank.
    static List<byte[]> contents(SubspaceSample sample) {
        List<byte[]> contents = new ArrayList<>();
        for (int rank = 0; rank < sample.size(); rank++) {
            long offset = sample.offsetOf(sample.slotAt(rank));
            contents.add(
                    sample.items().asSlice(offset, sample.stride()).toArray(ValueLayout.JAVA_BYTE));
        }
        return contents;
    }
}
