package ai.bytesandbrains.engine.sim;

import java.util.random.RandomGenerator;

/// What an overlay looks like: the figures that Jelasity et al. 2007, section 4, describe views by.
/// Directions of links count for in-degrees only.
///
/// @param members nodes looked at: those that live and are honest
/// @param inDegree how many members know a member
/// @param clustering mean clustering coefficient; NaN if nobody has two neighbours
/// @param averagePath mean length of shortest paths; NaN if there is none
/// @param components connected components
/// @param largestComponent members in the largest of them
/// @param deadLinksPerView mean number of entries of a view whose peer is dead
/// @param deaf members that nobody knows
/// @param attackerShare share of all entries that are attackers
public record OverlayMetrics(
        int members,
        InDegree inDegree,
        double clustering,
        double averagePath,
        int components,
        int largestComponent,
        double deadLinksPerView,
        int deaf,
        double attackerShare) {

    /// Above so many members, path lengths and clustering are those of a random sample.
    public static final int EXACT_MEMBERS = 20_000;

    private static final int PATH_SAMPLE = 128;
    private static final int CLUSTERING_SAMPLE = 10_000;

    /// The distribution of in-degrees.
    ///
    /// @param mean the mean
    /// @param sd the standard deviation
    /// @param min the least
    /// @param max the largest
    /// @param zeros how many are zero
    public record InDegree(double mean, double sd, int min, int max, int zeros) {

        /// Describes in-degrees.
        ///
        /// @param degrees the in-degrees
        /// @param count how many of the array are meant
        /// @return their distribution
        public static InDegree of(int[] degrees, int count) {
            if (count == 0) {
                return new InDegree(Double.NaN, Double.NaN, 0, 0, 0);
            }
            int min = Integer.MAX_VALUE;
            int max = 0;
            int zeros = 0;
            long sum = 0;
            long squares = 0;
            for (int i = 0; i < count; i++) {
                int degree = degrees[i];
                min = Math.min(min, degree);
                max = Math.max(max, degree);
                zeros += degree == 0 ? 1 : 0;
                sum += degree;
                squares += (long) degree * degree;
            }
            double mean = (double) sum / count;
            double variance = Math.max(0, (double) squares / count - mean * mean);
            return new InDegree(mean, Math.sqrt(variance), min, max, zeros);
        }
    }

    /// Measures a graph; allocates arrays of its size.
    ///
    /// @param graph the graph
    /// @param random chooses the sample of a large one
    /// @return the figures
    public static OverlayMetrics of(OverlayGraph graph, RandomGenerator random) {
        int members = graph.members();
        int[] degrees = new int[members];
        graph.inDegrees(degrees);
        InDegree inDegree = InDegree.of(degrees, members);
        GraphDistances distances = new GraphDistances(graph.neighbours());
        int[] components = distances.components();
        long entries = graph.links() + graph.deadLinks() + graph.attackerLinks();
        return new OverlayMetrics(
                members,
                inDegree,
                distances.clustering(sample(members, CLUSTERING_SAMPLE, random)),
                distances.averagePath(sample(members, PATH_SAMPLE, random)),
                components.length,
                components.length == 0 ? 0 : components[0],
                members == 0 ? 0 : (double) graph.deadLinks() / members,
                inDegree.zeros(),
                entries == 0 ? 0 : (double) graph.attackerLinks() / entries);
    }

    /// {@return the sizes of the connected components, the largest first}
    static int[] components(OverlayGraph graph) {
        return new GraphDistances(graph.neighbours()).components();
    }

    private static int[] sample(int members, int most, RandomGenerator random) {
        boolean all = members <= EXACT_MEMBERS;
        int[] sample = new int[all ? members : most];
        for (int i = 0; i < sample.length; i++) {
            sample[i] = all ? i : random.nextInt(members);
        }
        return sample;
    }
}
