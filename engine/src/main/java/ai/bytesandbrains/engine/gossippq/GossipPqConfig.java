package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.space.Metric;

import java.util.function.Consumer;

/// The parameters of the protocol. All nodes of a network have the same ones but for `fanout`,
/// times, budgets and `localCentroids`: what shapes the codebook is part of every epoch's seed, and
/// a peer whose seed differs is not listened to.
///
/// @param metric what distances of codes approximate; vectors of cosine networks are normalised
/// @param dimensions floats in a vector
/// @param subspaces M: into how many equal parts a vector is cut
/// @param bits of the code for each part: 4, 6 or 8
/// @param networkId names the network
/// @param sampleSize B: items that the sample of a subspace holds at the most
/// @param originQuota q: items of one origin in the sample of a subspace at the most; with fewer
///     than `sampleSize / originQuota` nodes samples stay that much smaller
/// @param fanout F: subspaces that are reconciled in a period, each with a peer of its own
/// @param periodNs T: time between two rounds
/// @param timeoutNs when an exchange without an answer is forgotten
/// @param minRounds rounds before the first training of an epoch
/// @param agreeing how many distinct peers have to agree on something, or all of a smaller view
/// @param freezeRounds rounds without a change after which a codebook is final
/// @param iterations Lloyd iterations
/// @param trainingBudget points that one poll looks at while training
/// @param partsPerPoll parts of vectors that one poll contributes
/// @param localCentroids how many local centroids a node contributes for a subspace, instead of its
///     vectors; 0 for vectors
public record GossipPqConfig(
        Metric metric,
        int dimensions,
        int subspaces,
        int bits,
        long networkId,
        int sampleSize,
        int originQuota,
        int fanout,
        long periodNs,
        long timeoutNs,
        int minRounds,
        int agreeing,
        int freezeRounds,
        int iterations,
        long trainingBudget,
        int partsPerPoll,
        int localCentroids) {

    /// The most components of a part, so that an item fits a message.
    public static final int MAX_SUBSPACE_DIMENSIONS = 1024;

    /// The most subspaces.
    public static final int MAX_SUBSPACES = 4096;

    private static final int MAX_SAMPLE = 1 << 16;
    private static final int MAX_AGREEING = 16;
    private static final long SECOND = 1_000_000_000L;
    private static final long MAX_TIME_NS = 1L << 50;

    /// Checks every field.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public GossipPqConfig {
        // Checks the shape, too: M has to divide the dimensions.
        PqConfig.of(metric, dimensions, subspaces, bits, 0);
        requireRange("dimensions/subspaces", dimensions / subspaces, 1, MAX_SUBSPACE_DIMENSIONS);
        requireRange("subspaces", subspaces, 1, MAX_SUBSPACES);
        requireRange("sampleSize", sampleSize, 1 << bits, MAX_SAMPLE);
        requireRange("originQuota", originQuota, 1, sampleSize);
        requireRange("fanout", fanout, 1, subspaces);
        requireTime("periodNs", periodNs);
        requireTime("timeoutNs", timeoutNs);
        requireRange("minRounds", minRounds, 1, 1 << 20);
        requireRange("agreeing", agreeing, 1, MAX_AGREEING);
        requireRange("freezeRounds", freezeRounds, 1, 1 << 20);
        requireRange("iterations", iterations, 1, 1000);
        requireRange("partsPerPoll", partsPerPoll, 1, 1 << 20);
        requireRange("localCentroids", localCentroids, 0, sampleSize);
        if (trainingBudget < 1) {
            throw new IllegalArgumentException(
                    "trainingBudget=" + trainingBudget + ": expected at least 1");
        }
    }

    /// The defaults: a sample of 8,192 items with a quota of an eighth, half of the subspaces in a
    /// period of 10 s, vectors and no centroids.
    ///
    /// @param metric what distances of codes approximate
    /// @param dimensions floats in a vector
    /// @param subspaces into how many equal parts a vector is cut
    /// @param bits of the code for each part: 4, 6 or 8
    /// @return the configuration
    /// @throws IllegalArgumentException if the shape makes no sense
    public static GossipPqConfig of(Metric metric, int dimensions, int subspaces, int bits) {
        PqConfig.of(metric, dimensions, subspaces, bits, 0);
        return new GossipPqConfig(
                metric,
                dimensions,
                subspaces,
                bits,
                1,
                8192,
                1024,
                Math.max(1, subspaces / 2),
                10 * SECOND,
                3 * SECOND,
                30,
                3,
                60,
                15,
                1024,
                512,
                0);
    }

    /// {@return this configuration for another network}
    ///
    /// @param networkId names the network
    public GossipPqConfig withNetwork(long networkId) {
        return with(fields -> fields.networkId = networkId);
    }

    /// {@return this configuration with other samples}
    ///
    /// @param sampleSize B
    /// @param originQuota q
    public GossipPqConfig withSample(int sampleSize, int originQuota) {
        return with(
                fields -> {
                    fields.sampleSize = sampleSize;
                    fields.originQuota = originQuota;
                });
    }

    /// {@return this configuration with another rate}
    ///
    /// @param fanout F
    /// @param periodNs T
    /// @param timeoutNs when an exchange is forgotten
    public GossipPqConfig withRate(int fanout, long periodNs, long timeoutNs) {
        return with(
                fields -> {
                    fields.fanout = fanout;
                    fields.periodNs = periodNs;
                    fields.timeoutNs = timeoutNs;
                });
    }

    /// {@return this configuration with other rounds}
    ///
    /// @param minRounds before the first training
    /// @param freezeRounds without a change until a codebook is final
    public GossipPqConfig withRounds(int minRounds, int freezeRounds) {
        return with(
                fields -> {
                    fields.minRounds = minRounds;
                    fields.freezeRounds = freezeRounds;
                });
    }

    /// {@return this configuration with other budgets}
    ///
    /// @param trainingBudget points that one poll looks at
    /// @param partsPerPoll parts of vectors that one poll contributes
    public GossipPqConfig withBudgets(long trainingBudget, int partsPerPoll) {
        return with(
                fields -> {
                    fields.trainingBudget = trainingBudget;
                    fields.partsPerPoll = partsPerPoll;
                });
    }

    /// {@return this configuration of a node that contributes local centroids}
    ///
    /// @param localCentroids how many for each subspace; 0 for vectors
    public GossipPqConfig withLocalCentroids(int localCentroids) {
        return with(fields -> fields.localCentroids = localCentroids);
    }

    /// {@return components of a part}
    public int subspaceDimensions() {
        return dimensions / subspaces;
    }

    /// {@return centroids of a subspace}
    public int centroids() {
        return 1 << bits;
    }

    /// {@return bytes of the half-precision centroids of a codebook}
    int codebookBytes() {
        return Math.multiplyExact(dimensions, 2 << bits);
    }

    /// The seed of an epoch: all randomness of keys and training comes from it.
    long epochSeed(int epoch) {
        long seed = Hash.mix(networkId ^ 0x67737069707120L);
        seed = Hash.add(seed, metric.name().hashCode());
        seed = Hash.add(seed, dimensions);
        seed = Hash.add(seed, subspaces);
        seed = Hash.add(seed, bits);
        seed = Hash.add(seed, sampleSize);
        seed = Hash.add(seed, originQuota);
        seed = Hash.add(seed, iterations);
        return Hash.add(seed, epoch);
    }

    private GossipPqConfig with(Consumer<Fields> change) {
        Fields fields = new Fields(this);
        change.accept(fields);
        return new GossipPqConfig(
                metric,
                dimensions,
                subspaces,
                bits,
                fields.networkId,
                fields.sampleSize,
                fields.originQuota,
                fields.fanout,
                fields.periodNs,
                fields.timeoutNs,
                fields.minRounds,
                agreeing,
                fields.freezeRounds,
                iterations,
                fields.trainingBudget,
                fields.partsPerPoll,
                fields.localCentroids);
    }

    /// What can be changed of a configuration.
    private static final class Fields {
        private long networkId;
        private int sampleSize;
        private int originQuota;
        private int fanout;
        private long periodNs;
        private long timeoutNs;
        private int minRounds;
        private int freezeRounds;
        private long trainingBudget;
        private int partsPerPoll;
        private int localCentroids;

        Fields(GossipPqConfig of) {
            networkId = of.networkId;
            sampleSize = of.sampleSize;
            originQuota = of.originQuota;
            fanout = of.fanout;
            periodNs = of.periodNs;
            timeoutNs = of.timeoutNs;
            minRounds = of.minRounds;
            freezeRounds = of.freezeRounds;
            trainingBudget = of.trainingBudget;
            partsPerPoll = of.partsPerPoll;
            localCentroids = of.localCentroids;
        }
    }

    private static void requireTime(String name, long value) {
        if (value < 1 || value > MAX_TIME_NS) {
            throw new IllegalArgumentException(
                    name + "=" + value + ": expected 1 to " + MAX_TIME_NS);
        }
    }

    private static void requireRange(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + "=" + value + ": expected " + least + " to " + most);
        }
    }
}
