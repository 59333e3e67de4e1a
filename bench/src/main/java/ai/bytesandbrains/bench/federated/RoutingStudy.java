package ai.bytesandbrains.bench.federated;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// How good the choice of peers is, by several rules, if all profiles are known: what is left after
/// that is the rules' own. The first half of the queries is the past, from which a rule may learn;
/// the second half is asked.
public final class RoutingStudy {
    private static final int K = 10;

    /// So many peers were asked in the past.
    private static final int ASKED_THEN = 10;

    private static final double SHARPNESS = 12;
    private static final double SPREAD = 0.15;

    private final int[] nodeOf;
    private final int nodes;
    private final float[][] queries;
    private final int[][] truth;
    private final RoutingRules rules;
    private final int past;
    private final double[][] pastHits;

    /// Computes the profiles.
    ///
    /// @param dimensions floats in a row
    /// @param rows the data
    /// @param nodeOf the node of each row, from 0
    /// @param nodes number of nodes
    /// @param profiles the most profiles of a node
    /// @param queries the queries
    /// @param truth the nearest rows of each query
    public RoutingStudy(
            final int dimensions,
            final MemorySegment rows,
            final int[] nodeOf,
            final int nodes,
            final int profiles,
            final float[][] queries,
            final int[][] truth) {
        this.nodeOf = nodeOf;
        this.nodes = nodes;
        this.queries = Arrays.stream(queries).map(float[]::clone).toArray(float[][]::new);
        Arrays.stream(this.queries).forEach(KnownProfiles::normalize);
        this.truth = truth;
        rules =
                new RoutingRules(
                        new KnownProfiles(dimensions, rows, nodeOf, nodes, profiles), nodes);
        past = queries.length / 2;
        pastHits = new double[past][];
        for (int query = 0; query < past; query++) {
            rules.measure(this.queries[query]);
            pastHits[query] = answeredBy(query, rules.weights(SHARPNESS));
        }
    }

    /// What a rule came to.
    ///
    /// @param rule its name
    /// @param recallAt10 share of the ten nearest that were found, for each number of peers asked
    public record Line(String rule, List<Double> recallAt10) {}

    /// Asks the second half of the queries by every rule.
    ///
    /// @param asked numbers of peers
    /// @return a line for each rule, the best choice that there is last
    public List<Line> run(final int[] asked) {
        final List<Line> lines = new ArrayList<>();
        lines.add(line("nearest profile", asked, rules::nearest));
        for (final double sharpness : new double[] {4, 8, SHARPNESS, 16, 32}) {
            final String name = "weights, sharpness %.0f".formatted(sharpness);
            lines.add(line(name, asked, () -> rules.weights(sharpness)));
        }
        for (final double spread : new double[] {0.1, SPREAD, 0.2}) {
            final String name = "weights and radii, spread %.2f".formatted(spread);
            lines.add(line(name, asked, () -> rules.radii(spread)));
        }
        for (final double learned : new double[] {0.5, 2}) {
            final String name = "weights, and past answers counting %.1f".formatted(learned);
            lines.add(learnedLine(name, asked, learned));
        }
        lines.add(bestLine(asked));
        return lines;
    }

    private Line line(final String name, final int[] asked, final Supplier<double[]> rule) {
        final double[] recall = new double[asked.length];
        for (int query = past; query < queries.length; query++) {
            rules.measure(queries[query]);
            count(query, rule.get(), asked, recall);
        }
        return mean(name, recall);
    }

    private Line learnedLine(final String name, final int[] asked, final double weight) {
        final double[] recall = new double[asked.length];
        for (int query = past; query < queries.length; query++) {
            rules.measure(queries[query]);
            final double[] scores = RoutingRules.shares(rules.weights(SHARPNESS));
            final double[] learned = learned(query);
            for (int node = 0; node < nodes; node++) {
                scores[node] += weight * learned[node];
            }
            count(query, scores, asked, recall);
        }
        return mean(name, recall);
    }

    private Line bestLine(final int[] asked) {
        final double[] recall = new double[asked.length];
        for (int query = past; query < queries.length; query++) {
            count(query, hits(query), asked, recall);
        }
        return mean("best choice", recall);
    }

    private Line mean(final String name, final double[] recall) {
        return new Line(
                name,
                Arrays.stream(recall).mapToObj(sum -> sum / (queries.length - past)).toList());
    }

    /// What peers gave for past queries, the more the more alike these are to this one.
    private double[] learned(final int query) {
        final double[] scores = new double[nodes];
        for (int i = 0; i < past; i++) {
            double dot = 0;
            for (int d = 0; d < queries[i].length; d++) {
                dot += queries[i][d] * queries[query][d];
            }
            // Queries whose similarity is below a third have little to do with each other.
            final double alike = Math.max(0, dot - 1 / 3.0);
            for (int node = 0; node < nodes && alike > 0; node++) {
                scores[node] += alike * alike * pastHits[i][node] / K;
            }
        }
        return scores;
    }

    /// The hits of the nodes that were asked by a rule.
    private double[] answeredBy(final int query, final double[] scores) {
        final double[] hits = hits(query);
        final double[] answered = new double[nodes];
        final int[] order = order(scores);
        for (int i = 0; i < Math.min(ASKED_THEN, nodes); i++) {
            answered[order[i]] = hits[order[i]];
        }
        return answered;
    }

    private void count(
            final int query, final double[] scores, final int[] asked, final double[] recall) {
        final double[] hits = hits(query);
        final int[] order = order(scores);
        for (int i = 0; i < asked.length; i++) {
            for (int rank = 0; rank < Math.min(asked[i], nodes); rank++) {
                recall[i] += hits[order[rank]] / K;
            }
        }
    }

    private double[] hits(final int query) {
        final double[] hits = new double[nodes];
        for (int i = 0; i < K; i++) {
            hits[nodeOf[truth[query][i]]]++;
        }
        return hits;
    }

    private static int[] order(final double[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(node -> -scores[node]))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
