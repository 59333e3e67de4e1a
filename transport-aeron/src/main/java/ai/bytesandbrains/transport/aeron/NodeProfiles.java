package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.semantic.SemanticOverlay;
import ai.bytesandbrains.engine.train.KMeans;
import ai.bytesandbrains.engine.train.KMeansRun;
import ai.bytesandbrains.engine.train.Points;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The profiles of a node's own data: the centroids of a sample of its entries. They are computed
/// when the node starts and again as the index changes, in small pieces between the node's other
/// work; where nothing has changed the result is the same, bit for bit, and nobody is told.
///
/// One vector in nine of the sample is left out. These tell how well profiles tell peers apart: all
/// of them when profiles are new, and then some in every period.
///
/// The agent's alone. A computation allocates; a period in which nothing is computed does not.
final class NodeProfiles implements AutoCloseable {

    private static final int MAX_POINTS = 512;
    private static final int MAX_TESTS = MAX_POINTS / 8;
    private static final int TEST_EVERY = 9;
    private static final int TESTS_IN_A_PERIOD = 8;
    private static final int MAX_SAMPLE = MAX_POINTS + MAX_TESTS;
    private static final int READ_AT_ONCE = 16;

    /// A profile of fewer vectors describes them rather than what is near to them.
    private static final int LEAST_POINTS = 4;

    private static final int ITERATIONS = 10;
    private static final int CHANGE_SHARE = 8;
    private static final long SEED = 1;

    private enum Phase {
        WAITING,
        READING,
        CLUSTERING
    }

    private final Index index;
    private final SemanticOverlay overlay;
    private final int most;
    private final int dimensions;
    private final long vectorBytes;
    private final long refreshNs;
    private final long periodNs;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment points;
    private final MemorySegment tests;
    private final MemorySegment centroids;
    private final MemorySegment told;
    private final long[] toldWeights;
    private final int[] counts;

    private Phase phase = Phase.READING;
    private KMeansRun run;
    private int sampleSize;
    private int sampled;
    private int slots;
    private int pointCount;
    private int testCount;
    private int nextTest;
    private int toTest;
    private boolean untested;
    private int lengthThen;
    private int toldCount;
    private long nextRefreshNs;
    private long nextTestNs;

    NodeProfiles(
            Index index,
            SemanticOverlay overlay,
            int most,
            long periodNs,
            long refreshNs,
            long nowNs) {
        this.index = index;
        this.overlay = overlay;
        this.most = most;
        this.periodNs = periodNs;
        this.refreshNs = refreshNs;
        dimensions = index.space().dimensions();
        vectorBytes = (long) Float.BYTES * dimensions;
        points = arena.allocate(MAX_POINTS * vectorBytes, 64);
        tests = arena.allocate(MAX_TESTS * vectorBytes, 64);
        centroids = arena.allocate(most * vectorBytes, 64);
        told = arena.allocate(most * vectorBytes, 64);
        toldWeights = new long[most];
        counts = new int[most];
        nextTestNs = nowNs + periodNs;
        beginReading(nowNs);
    }

    int poll(long nowNs) {
        return switch (phase) {
            case WAITING -> await(nowNs);
            case READING -> read();
            case CLUSTERING -> cluster();
        };
    }

    private int await(long nowNs) {
        if (toTest > 0) {
            toTest--;
            nextTest = (nextTest + 1) % testCount;
            overlay.router().test(tests, nextTest * vectorBytes);
            return 1;
        }
        if (nowNs - nextTestNs >= 0) {
            nextTestNs = nowNs + periodNs;
            boolean all = untested || Float.isNaN(overlay.router().separation());
            toTest = all ? testCount : Math.min(testCount, TESTS_IN_A_PERIOD);
            untested = false;
            if (hasChanged() || nowNs - nextRefreshNs >= 0) {
                beginReading(nowNs);
            }
        }
        return 0;
    }

    private boolean hasChanged() {
        return Math.abs(index.len() - lengthThen) > lengthThen / CHANGE_SHARE;
    }

    private void beginReading(long nowNs) {
        nextRefreshNs = nowNs + refreshNs;
        lengthThen = index.len();
        slots = index.slotLimit();
        sampleSize = Math.min(slots, MAX_SAMPLE);
        sampled = 0;
        pointCount = 0;
        testCount = 0;
        phase = Phase.READING;
    }

    /// Reads some of the sample: entries at even distances.
    private int read() {
        int end = Math.min(sampleSize, sampled + READ_AT_ONCE);
        for (; sampled < end; sampled++) {
            int slot = (int) ((long) sampled * slots / sampleSize);
            boolean test = sampled % TEST_EVERY == TEST_EVERY - 1;
            if (test && testCount < MAX_TESTS) {
                testCount += index.vectorAt(slot, tests, testCount * vectorBytes) ? 1 : 0;
            } else if (pointCount < MAX_POINTS) {
                pointCount += index.vectorAt(slot, points, pointCount * vectorBytes) ? 1 : 0;
            }
        }
        if (sampled == sampleSize) {
            beginClustering();
        }
        return 1;
    }

    private void beginClustering() {
        toTest = 0;
        nextTest = 0;
        untested = true;
        if (pointCount == 0) {
            tell(0);
            phase = Phase.WAITING;
            return;
        }
        int clusters = Math.clamp(pointCount / LEAST_POINTS, 1, most);
        run =
                new KMeansRun(
                        Points.of(points, 0, vectorBytes, pointCount, dimensions),
                        new KMeans.Config(clusters, ITERATIONS, MAX_POINTS, SEED));
        phase = Phase.CLUSTERING;
    }

    private int cluster() {
        if (!run.step(1)) {
            return 1;
        }
        run.centroids(centroids, 0);
        int clusters = Math.clamp(pointCount / LEAST_POINTS, 1, most);
        Arrays.fill(counts, 0);
        for (int i = 0; i < pointCount; i++) {
            counts[run.cluster(i)]++;
        }
        run.close();
        run = null;
        phase = Phase.WAITING;
        tell(clusters);
        return 1;
    }

    /// Changes the profiles that are not what they were.
    private void tell(int clusters) {
        for (int i = 0; i < Math.max(clusters, toldCount); i++) {
            boolean there = i < clusters && counts[i] > 0 && hasDirection(i);
            long weight = there ? Math.max(1, (long) counts[i] * index.len() / pointCount) : 0;
            if (weight != toldWeights[i] || (there && isMoved(i))) {
                if (there) {
                    overlay.setProfile(i, centroids, i * vectorBytes, weight);
                    MemorySegment.copy(
                            centroids, i * vectorBytes, told, i * vectorBytes, vectorBytes);
                } else {
                    overlay.clearProfile(i);
                }
                toldWeights[i] = weight;
            }
        }
        toldCount = clusters;
    }

    private boolean isMoved(int profile) {
        long from = profile * vectorBytes;
        long to = from + vectorBytes;
        return MemorySegment.mismatch(centroids, from, to, told, from, to) != -1;
    }

    /// Vectors that point everywhere can have a mean that points nowhere.
    private boolean hasDirection(int profile) {
        for (int d = 0; d < dimensions; d++) {
            if (centroids.get(ValueLayout.JAVA_FLOAT, profile * vectorBytes + 4L * d) != 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        if (run != null) {
            run.close();
            run = null;
        }
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
