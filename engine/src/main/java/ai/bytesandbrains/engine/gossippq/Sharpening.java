package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Moves means of clusters a little away from the mean of their neighbours. Means of several
/// vectors lie closer together than the vectors do, and what is learned from them would, too; this
/// undoes some of it where it happened, and leaves the data's large shape alone.
///
/// It is the first step of an iterative deconvolution, damped (van Cittert, "Zum Einfluß der
/// Spaltbreite auf die Intensitätsverteilung in Spektrallinien", Zeitschrift für Physik 69, 1931).
final class Sharpening {
    /// How far, in distances from the neighbours' mean.
    static final double STRENGTH = 0.15;

    /// Means that are looked at, the moved one included.
    static final int NEIGHBOURS = 11;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final MemorySegment means;
    private final int dimensions;
    private final int[] weights;
    private final int[] near = new int[NEIGHBOURS];
    private final double[] distances = new double[NEIGHBOURS];

    /// Begins.
    ///
    /// @param means the means, one after the other
    /// @param dimensions floats in a mean
    /// @param weights how many vectors each is the mean of
    Sharpening(MemorySegment means, int dimensions, int[] weights) {
        this.means = means;
        this.dimensions = dimensions;
        this.weights = weights;
    }

    /// Writes where a mean is to be.
    ///
    /// @param mean which
    /// @param out receives `dimensions` floats
    /// @param offset of the first
    void move(int mean, MemorySegment out, long offset) {
        int found = findNear(mean);
        for (int d = 0; d < dimensions; d++) {
            double sum = 0;
            double weight = 0;
            for (int i = 0; i < found; i++) {
                sum += weights[near[i]] * (double) at(near[i], d);
                weight += weights[near[i]];
            }
            double x = at(mean, d);
            out.set(FLOAT, offset + 4L * d, (float) (x + STRENGTH * (x - sum / weight)));
        }
    }

    private int findNear(int mean) {
        int found = Math.min(NEIGHBOURS, weights.length);
        Arrays.fill(distances, Double.POSITIVE_INFINITY);
        for (int other = 0; other < weights.length; other++) {
            double distance = distance(mean, other);
            int place = found - 1;
            if (distance >= distances[place]) {
                continue;
            }
            while (place > 0 && distances[place - 1] > distance) {
                distances[place] = distances[place - 1];
                near[place] = near[place - 1];
                place--;
            }
            distances[place] = distance;
            near[place] = other;
        }
        return found;
    }

    private double distance(int a, int b) {
        double sum = 0;
        for (int d = 0; d < dimensions; d++) {
            double difference = at(a, d) - at(b, d);
            sum += difference * difference;
        }
        return sum;
    }

    private float at(int mean, int d) {
        return means.get(FLOAT, 4L * ((long) mean * dimensions + d));
    }
}
