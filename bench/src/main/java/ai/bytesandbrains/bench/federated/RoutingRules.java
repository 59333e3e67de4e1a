package ai.bytesandbrains.bench.federated;

import java.util.Arrays;
import java.util.List;

/// Rules by which somebody who knows all profiles may choose the peers for a query: each gives all
/// nodes a score, the more the better. For one thread.
final class RoutingRules {
    /// A search wants the ten nearest.
    private static final int WANTED = 10;

    private static final int BISECTIONS = 40;

    private final List<KnownProfiles.Profile> profiles;
    private final int nodes;
    private final double[] similarities;

    RoutingRules(final KnownProfiles known, final int nodes) {
        profiles = known.all();
        this.nodes = nodes;
        similarities = new double[profiles.size()];
    }

    /// Measures a query, for the rules that are asked after it.
    void measure(final float[] query) {
        for (int i = 0; i < similarities.length; i++) {
            final float[] direction = profiles.get(i).direction();
            double dot = 0;
            for (int d = 0; d < direction.length; d++) {
                dot += direction[d] * query[d];
            }
            similarities[i] = dot;
        }
    }

    /// By the nearest profile.
    double[] nearest() {
        final double[] scores = new double[nodes];
        Arrays.fill(scores, -2);
        for (int i = 0; i < similarities.length; i++) {
            final int node = profiles.get(i).node();
            scores[node] = Math.max(scores[node], similarities[i]);
        }
        return scores;
    }

    /// As nodes do: a profile counts with its vectors, and e times less for every part of the least
    /// distance that it is farther than the nearest.
    double[] weights(final double sharpness) {
        double least = 2;
        for (final double similarity : similarities) {
            least = Math.min(least, 1 - similarity);
        }
        final double[] scores = new double[nodes];
        for (int i = 0; i < similarities.length; i++) {
            final double farther = (1 - similarities[i] - least) / Math.max(least, 1e-6);
            final KnownProfiles.Profile profile = profiles.get(i);
            scores[profile.node()] += profile.vectors() * Math.exp(-sharpness * farther);
        }
        return scores;
    }

    /// By how many of the ten nearest a profile probably has, if the similarities of its vectors to
    /// the query are spread as their lengths tell: around `length * similarity`, by
    /// `spread * sqrt(1 - length^2)`. How near the ten nearest are follows from there being ten.
    double[] radii(final double spread) {
        double low = -1;
        double high = 1;
        for (int i = 0; i < BISECTIONS; i++) {
            final double middle = (low + high) / 2;
            if (Arrays.stream(expected(middle, spread)).sum() > WANTED) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return expected(high, spread);
    }

    private double[] expected(final double threshold, final double spread) {
        final double[] scores = new double[nodes];
        for (int i = 0; i < similarities.length; i++) {
            final KnownProfiles.Profile profile = profiles.get(i);
            final double length = profile.length();
            final double sd = spread * Math.sqrt(Math.max(1e-6, 1 - length * length));
            final double above = (length * similarities[i] - threshold) / sd;
            scores[profile.node()] += profile.vectors() / (1 + Math.exp(-1.702 * above));
        }
        return scores;
    }

    /// Scores as shares of their sum.
    static double[] shares(final double[] scores) {
        final double sum = Arrays.stream(scores).sum();
        return Arrays.stream(scores).map(score -> score / sum).toArray();
    }
}
