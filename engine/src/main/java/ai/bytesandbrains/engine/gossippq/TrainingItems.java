package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/// The items of a sample as weighted points to train from.
///
/// **Weights.** An item of weight w is in a full sample with a likelihood p that follows from w and
/// the sample's threshold, so it counts w / p (Horvitz, Thompson, 1952). The item that is the
/// threshold is left out.
///
/// **Robustness.** Items longer than twice the weighted 75th percentile of lengths are shortened to
/// that, and count less by the square of what was cut, so that a far item moves a mean no more than
/// a near one does and is hardly ever drawn as a start. No origin counts for more of the whole
/// than its quota is of a full sample, or twice its equal part where origins are few. All of it in
/// a fixed order, in double precision.
final class TrainingItems {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final double CLIP = 2;

    /// Where most items are zero the first of these that is not decides what is long.
    private static final double[] PERCENTILES = {.75, .9, .99, 1};

    private static final double LEAST_SHARE = 1e-12;
    private static final int LIMIT_ROUNDS = 100;

    private final int dimensions;
    private final int count;
    private final MemorySegment vectors;
    private final MemorySegment weights;

    TrainingItems(GossipPqConfig config, SubspaceSample sample, Arena arena) {
        dimensions = config.subspaceDimensions();
        int items = sample.isFull() ? sample.size() - 1 : sample.size();
        // Clustering wants at least a point for each centroid: small samples are repeated.
        count = Math.max(items, config.centroids());
        vectors = arena.allocate(4L * count * dimensions, 64);
        weights = arena.allocate(4L * count, 64);
        double[] shares = new double[items];
        load(sample, shares);
        clip(shares);
        limitOrigins(sample, shares, (double) config.originQuota() / config.sampleSize());
        store(shares, items);
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

    private void load(SubspaceSample sample, double[] shares) {
        MemorySegment items = sample.items();
        for (int i = 0; i < shares.length; i++) {
            long offset = sample.offsetOf(sample.slotAt(i));
            int weight = ItemLayout.weight(items, offset);
            shares[i] =
                    sample.isFull()
                            ? weight / ItemLayout.inclusion(weight, sample.threshold())
                            : weight;
            float scale = ItemLayout.scale(items, offset);
            for (int d = 0; d < dimensions; d++) {
                float x = ItemLayout.component(items, offset, scale, d);
                vectors.set(FLOAT, at(i, d), x);
            }
        }
    }

    private void clip(double[] shares) {
        double[] lengths = new double[shares.length];
        for (int i = 0; i < lengths.length; i++) {
            double sum = 0;
            for (int d = 0; d < dimensions; d++) {
                double x = vectors.get(FLOAT, at(i, d));
                sum += x * x;
            }
            lengths[i] = Math.sqrt(sum);
        }
        double bound = CLIP * percentile(lengths, shares);
        if (bound == 0) {
            return;
        }
        for (int i = 0; i < lengths.length; i++) {
            if (lengths[i] > bound) {
                double factor = bound / lengths[i];
                shares[i] *= Math.max(factor * factor, LEAST_SHARE);
                for (int d = 0; d < dimensions; d++) {
                    float x = (float) (vectors.get(FLOAT, at(i, d)) * factor);
                    vectors.set(FLOAT, at(i, d), x);
                }
            }
        }
    }

    /// The least length that three quarters of the weight do not exceed, if that is not 0.
    private static double percentile(double[] lengths, double[] shares) {
        // Lengths are not negative, so their bits are in their order.
        long[] order = new long[lengths.length];
        double total = 0;
        for (int i = 0; i < order.length; i++) {
            long bits = Float.floatToIntBits((float) lengths[i]);
            order[i] = bits << Integer.SIZE | i;
            total += shares[i];
        }
        Arrays.sort(order);
        double sum = 0;
        int next = 0;
        for (long each : order) {
            int i = (int) each;
            sum += shares[i];
            while (next < PERCENTILES.length && sum >= PERCENTILES[next] * total) {
                if (lengths[i] > 0) {
                    return lengths[i];
                }
                next++;
            }
        }
        return order.length == 0 ? 0 : lengths[(int) order[order.length - 1]];
    }

    private static void limitOrigins(SubspaceSample sample, double[] shares, double quota) {
        // Ordered, so that sums are made in the same order everywhere.
        SortedMap<Integer, Double> sums = new TreeMap<>();
        for (int i = 0; i < shares.length; i++) {
            sums.merge(originOf(sample, i), shares[i], Double::sum);
        }
        // Where origins are few, one may have twice its equal part at least.
        double limit = limit(sums.values(), Math.max(quota, 2.0 / sums.size()));
        for (int i = 0; i < shares.length; i++) {
            double sum = sums.get(originOf(sample, i));
            if (sum > limit) {
                shares[i] *= limit / sum;
            }
        }
    }

    /// The most that an origin may weigh so that none has more than this part of what all weigh
    /// then.
    private static double limit(Collection<Double> sums, double part) {
        double limit = Double.MAX_VALUE;
        for (int i = 0; i < LIMIT_ROUNDS; i++) {
            double total = 0;
            for (double sum : sums) {
                total += Math.min(sum, limit);
            }
            if (part * total >= limit) {
                break;
            }
            limit = part * total;
        }
        return limit;
    }

    private static int originOf(SubspaceSample sample, int rank) {
        return ItemLayout.origin(sample.items(), sample.offsetOf(sample.slotAt(rank)));
    }

    private void store(double[] shares, int items) {
        double largest = 0;
        for (double share : shares) {
            largest = Math.max(largest, share);
        }
        for (int i = 0; i < count; i++) {
            int from = i % items;
            // Relative to the largest one: neither overflows nor vanishes as a float.
            double share = Math.max(shares[from] / largest, LEAST_SHARE);
            weights.set(FLOAT, 4L * i, (float) share);
            if (from != i) {
                MemorySegment.copy(vectors, at(from, 0), vectors, at(i, 0), 4L * dimensions);
            }
        }
    }

    private long at(int item, int d) {
        return 4L * ((long) item * dimensions + d);
    }
}
