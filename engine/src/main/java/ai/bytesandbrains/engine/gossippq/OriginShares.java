package ai.bytesandbrains.engine.gossippq;

import java.util.Arrays;

/// How much the items of each origin weigh in a training, and by how much they have to count less
/// so that no origin bends the codebook much. Origins stand in the order in which they were met, so
/// that sums over them are made in one order everywhere.
///
/// **Length.** The mean squared length of an origin's items is compared with that of the others:
/// one of 32 origins may have longer items than all others together would suggest. Above
/// [#SLACK] times what the next one has, an origin's items count less by the square of what is too
/// much. Long items that many origins have are nobody's fault: nothing is cut, so data with few
/// long and many short parts are learned as they are.
///
/// **Weight.** No origin counts for more of the whole than a given part, or twice its equal part
/// where origins are few.
final class OriginShares {
    private static final int LIMIT_ROUNDS = 100;

    /// Of so many origins one is not believed.
    private static final int ONE_OF = 32;

    private static final double SLACK = 1.5;

    /// Places by the hash of an origin: one more than its number here, 0 where there is none.
    private final int[] table;

    private final int[] origins;
    private final double[] sums;
    private final double[] energies;
    private final double[] factors;
    private final double[] ordered;
    private int count;

    OriginShares(int most) {
        table = new int[Integer.highestOneBit(Math.max(1, most)) * 4];
        origins = new int[most];
        sums = new double[most];
        energies = new double[most];
        factors = new double[most];
        ordered = new double[most];
    }

    void clear() {
        Arrays.fill(table, 0);
        count = 0;
    }

    /// Counts an item.
    void add(int origin, double share, double squaredLength) {
        int at = find(origin);
        if (table[at] == 0) {
            origins[count] = origin;
            sums[count] = 0;
            energies[count] = 0;
            table[at] = ++count;
        }
        sums[table[at] - 1] += share;
        energies[table[at] - 1] += share * squaredLength;
    }

    /// Works out how much less the items of each origin count.
    ///
    /// @param part of the whole that one may weigh
    void limit(double part) {
        limitLengths();
        limitWeights(Math.max(part, 2.0 / count));
    }

    private void limitLengths() {
        for (int o = 0; o < count; o++) {
            ordered[o] = energies[o] / sums[o];
        }
        Arrays.sort(ordered, 0, count);
        int believed = count - 1 - Math.max(1, count / ONE_OF);
        double bound = believed < 0 ? Double.MAX_VALUE : SLACK * ordered[believed];
        for (int o = 0; o < count; o++) {
            double energy = energies[o] / sums[o];
            double factor = energy > bound ? bound / energy : 1;
            factors[o] = factor * factor;
            sums[o] *= factors[o];
        }
    }

    private void limitWeights(double part) {
        double limit = Double.MAX_VALUE;
        for (int i = 0; i < LIMIT_ROUNDS; i++) {
            double total = 0;
            for (int o = 0; o < count; o++) {
                total += Math.min(sums[o], limit);
            }
            if (part * total >= limit) {
                break;
            }
            limit = part * total;
        }
        for (int o = 0; o < count; o++) {
            factors[o] *= sums[o] > limit ? limit / sums[o] : 1;
        }
    }

    /// What the weight of an origin's items is to be multiplied with.
    double factor(int origin) {
        return factors[table[find(origin)] - 1];
    }

    private int find(int origin) {
        int at = (int) Hash.mix(origin) & (table.length - 1);
        while (table[at] != 0 && origins[table[at] - 1] != origin) {
            at = (at + 1) & (table.length - 1);
        }
        return at;
    }
}
