package ai.bytesandbrains.bench.federated;

import ai.bytesandbrains.engine.train.KMeans;
import ai.bytesandbrains.engine.train.KMeansRun;
import ai.bytesandbrains.engine.train.Points;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The profiles of all nodes, known to somebody who knows everything: centroids of unit vectors,
/// with how many vectors each stands for and how long the mean of these is, which is the shorter
/// the more they are spread.
final class KnownProfiles {
    private static final int LEAST_POINTS = 4;
    private static final int ITERATIONS = 10;
    private static final int MAX_POINTS = 512;
    private static final long SEED = 1;

    /// One profile.
    static final class Profile {
        private final int node;
        private final float[] direction;
        private final float length;
        private final int vectors;

        /// @param node whose it is
        /// @param direction of unit length
        /// @param length of the mean of its vectors, up to 1
        /// @param vectors how many it stands for
        Profile(final int node, final float[] direction, final float length, final int vectors) {
            this.node = node;
            this.direction = direction;
            this.length = length;
            this.vectors = vectors;
        }

        int node() {
            return node;
        }

        float[] direction() {
            return direction;
        }

        float length() {
            return length;
        }

        int vectors() {
            return vectors;
        }
    }

    private final List<Profile> profiles = new ArrayList<>();

    /// @param most the most profiles of a node
    KnownProfiles(
            final int dimensions,
            final MemorySegment rows,
            final int[] nodeOf,
            final int nodes,
            final int most) {
        for (int node = 0; node < nodes; node++) {
            final int own = node;
            final int[] numbers =
                    IntStream.range(0, nodeOf.length).filter(row -> nodeOf[row] == own).toArray();
            if (numbers.length > 0) {
                add(node, dimensions, rows, numbers, most);
            }
        }
    }

    List<Profile> all() {
        return profiles;
    }

    private void add(
            final int node,
            final int dimensions,
            final MemorySegment rows,
            final int[] numbers,
            final int most) {
        final long rowBytes = (long) dimensions * Float.BYTES;
        final int clusters = Math.clamp(numbers.length / LEAST_POINTS, 1, most);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment points = arena.allocate(numbers.length * rowBytes, 64);
            for (int i = 0; i < numbers.length; i++) {
                final float[] row =
                        rows.asSlice(numbers[i] * rowBytes, rowBytes)
                                .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
                normalize(row);
                MemorySegment.copy(
                        row, 0, points, ValueLayout.JAVA_FLOAT, i * rowBytes, dimensions);
            }
            final MemorySegment centroids = arena.allocate(clusters * rowBytes, 64);
            final int[] counts = new int[clusters];
            try (KMeansRun run =
                    new KMeansRun(
                            Points.of(points, 0, rowBytes, numbers.length, dimensions),
                            new KMeans.Config(clusters, ITERATIONS, MAX_POINTS, SEED))) {
                run.step(Long.MAX_VALUE);
                run.centroids(centroids, 0);
                for (int i = 0; i < numbers.length; i++) {
                    counts[run.cluster(i)]++;
                }
            }
            for (int i = 0; i < clusters; i++) {
                final float[] mean =
                        centroids.asSlice(i * rowBytes, rowBytes).toArray(ValueLayout.JAVA_FLOAT);
                final float length = normalize(mean);
                if (counts[i] > 0 && length > 0) {
                    profiles.add(new Profile(node, mean, length, counts[i]));
                }
            }
        }
    }

    /// Gives a vector unit length.
    ///
    /// @return the length that it had
    static float normalize(final float[] vector) {
        double squares = 0;
        for (final float component : vector) {
            squares += (double) component * component;
        }
        final float length = (float) Math.sqrt(squares);
        for (int d = 0; d < vector.length && length > 0; d++) {
            vector[d] /= length;
        }
        return length;
    }
}
