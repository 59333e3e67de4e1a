package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The items of one sample after the other as weighted points to train from, prepared some at a
/// time.
///
/// **Weights.** An item of weight w is in a full sample with a likelihood p that follows from w and
/// the sample's threshold, so it counts w / p (Horvitz, Thompson, 1952). The item that is the
/// threshold is left out. What an origin counts for is limited by [OriginShares]. All of it in a
/// fixed order, in double precision.
final class TrainingItems {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final double LEAST_SHARE = 1e-12;

    /// Items of a step.
    private static final int PIECE = 1024;

    private enum Phase {
        LOAD,
        LIMIT,
        STORE,
        DONE
    }

    private final GossipPqConfig config;
    private final int dimensions;
    private final MemorySegment vectors;
    private final MemorySegment weights;
    private final double[] shares;
    private final OriginShares origins;
    private SubspaceSample sample;
    private Phase phase = Phase.DONE;
    private int items;
    private int count;
    private int next;
    private double largest;

    TrainingItems(GossipPqConfig config, Arena arena) {
        this.config = config;
        dimensions = config.subspaceDimensions();
        int most = Math.max(config.sampleSize(), config.centroids());
        vectors = arena.allocate(4L * most * dimensions, 64);
        weights = arena.allocate(4L * most, 64);
        shares = new double[config.sampleSize()];
        origins = new OriginShares(config.sampleSize());
    }

    /// Begins with a sample, which must not change until all is done.
    void start(SubspaceSample sample) {
        this.sample = sample;
        items = sample.isFull() ? sample.size() - 1 : sample.size();
        // Clustering wants at least a point for each centroid: small samples are repeated.
        count = Math.max(items, config.centroids());
        origins.clear();
        largest = 0;
        next = 0;
        phase = Phase.LOAD;
    }

    /// Does some of it; returns whether all is done.
    boolean step() {
        switch (phase) {
            case LOAD -> {
                int end = Math.min(items, next + PIECE);
                for (; next < end; next++) {
                    load(next);
                }
                phase = next == items ? Phase.LIMIT : Phase.LOAD;
            }
            case LIMIT -> {
                origins.limit((double) config.originQuota() / config.sampleSize());
                for (int i = 0; i < items; i++) {
                    shares[i] *= origins.factor(originOf(i));
                    largest = Math.max(largest, shares[i]);
                }
                next = 0;
                phase = Phase.STORE;
            }
            case STORE -> {
                int end = Math.min(count, next + PIECE);
                for (; next < end; next++) {
                    store(next);
                }
                phase = next == count ? Phase.DONE : Phase.STORE;
            }
            case DONE -> {}
        }
        return phase == Phase.DONE;
    }

    int count() {
        return count;
    }

    MemorySegment vectors() {
        return vectors;
    }

    MemorySegment weights() {
        return weights;
    }

    /// Whether a point is one vector's part, not the mean of several.
    boolean isSingle(int point) {
        long offset = sample.offsetOf(sample.slotAt(point % items));
        return ItemLayout.weight(sample.items(), offset) == 1;
    }

    private void load(int rank) {
        long offset = sample.offsetOf(sample.slotAt(rank));
        int weight = ItemLayout.weight(sample.items(), offset);
        shares[rank] =
                sample.isFull()
                        ? weight / ItemLayout.inclusion(weight, sample.threshold())
                        : weight;
        float scale = ItemLayout.scale(sample.items(), offset);
        double squaredLength = 0;
        for (int d = 0; d < dimensions; d++) {
            float x = ItemLayout.component(sample.items(), offset, scale, d);
            vectors.set(FLOAT, at(rank, d), x);
            squaredLength += (double) x * x;
        }
        origins.add(originOf(rank), shares[rank], squaredLength);
    }

    private int originOf(int rank) {
        return ItemLayout.origin(sample.items(), sample.offsetOf(sample.slotAt(rank)));
    }

    private void store(int i) {
        int from = i % items;
        // Relative to the largest one: neither overflows nor vanishes as a float.
        double share = Math.max(shares[from] / largest, LEAST_SHARE);
        weights.set(FLOAT, 4L * i, (float) share);
        if (from != i) {
            MemorySegment.copy(vectors, at(from, 0), vectors, at(i, 0), 4L * dimensions);
        }
    }

    private long at(int item, int d) {
        return 4L * ((long) item * dimensions + d);
    }
}
