package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.CodebookBuilder;
import ai.bytesandbrains.engine.train.KMeans;
import ai.bytesandbrains.engine.train.KMeansRun;
import ai.bytesandbrains.engine.train.Points;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.BitSet;
import java.util.function.IntPredicate;

/// The training of an epoch's codebook from samples, piece by piece: k-means in each subspace, from
/// the items in the order of their keys, a last step ([NeighbourMeans]), and centroids rounded to
/// half precision. Equal samples give equal bits.
///
/// Subspaces are trained one by one, each as soon as its sample is settled. Whoever changes a
/// sample calls [#forget]: that subspace is trained again, and the others are not.
///
/// Control path: allocates copies of one subspace's items.
final class SampleTraining implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final float MAX_HALF = 65504;

    /// Candidates for each seed of the start: about a percent less error than with one.
    private static final int CANDIDATES = 8;

    private static final int NONE = -1;

    private final GossipPqConfig config;
    private final SubspaceSample[] samples;
    private final long seed;
    private final CodebookMemo memo;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment centroids;
    private final TrainingItems items;
    private final BitSet trained;
    private final double[] errors;
    private final MemorySegment scratch;
    private KMeansRun run;
    private NeighbourMeans means;
    private byte[] digest;
    private CodebookBuilder builder;
    private int assembled;
    private Codebook codebook;

    /// What is being trained, or [#NONE].
    private int subspace = NONE;

    /// Begins.
    ///
    /// @param config shapes the codebook
    /// @param samples of all subspaces
    /// @param seed of the epoch
    /// @param memo may know what comes out already
    SampleTraining(GossipPqConfig config, SubspaceSample[] samples, long seed, CodebookMemo memo) {
        this.config = config;
        this.samples = samples;
        this.seed = seed;
        this.memo = memo;
        centroids = arena.allocate((4L * config.dimensions()) << config.bits(), 64);
        scratch =
                arena.allocate(
                        NeighbourMeans.scratchBytes(
                                config.centroids(), config.subspaceDimensions()),
                        64);
        items = new TrainingItems(config, arena);
        trained = new BitSet(samples.length);
        errors = new double[samples.length];
    }

    /// Runs some pieces.
    ///
    /// @param budget points to look at
    /// @param settled which samples are to be trained from; those have two items at least
    /// @return whether there was anything to do
    boolean step(long budget, IntPredicate settled) {
        if (subspace == NONE) {
            subspace = next(settled);
            if (subspace == NONE) {
                return assemble();
            }
            begin();
        } else if (run == null) {
            if (items.step()) {
                run = cluster();
            }
        } else if (means == null) {
            if (run.step(budget)) {
                run.centroids(centroids, offset(subspace));
                means =
                        new NeighbourMeans(
                                items,
                                config.subspaceDimensions(),
                                centroids,
                                offset(subspace),
                                config.centroids(),
                                scratch);
            }
        } else if (means.step()) {
            end();
        }
        return true;
    }

    /// The codebook, or null while there is more to do.
    Codebook codebook() {
        return codebook;
    }

    /// The sample of a subspace has changed.
    void forget(int m) {
        trained.clear(m);
        builder = null;
        codebook = null;
        if (m == subspace) {
            stop();
        }
    }

    @Override
    public void close() {
        stop();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /// Adds a subspace to the codebook if all are trained; returns whether there was one to add.
    private boolean assemble() {
        if (codebook != null || trained.cardinality() < samples.length) {
            return false;
        }
        if (builder == null) {
            builder =
                    new CodebookBuilder(
                            config.metric(),
                            config.dimensions(),
                            config.subspaces(),
                            config.bits());
            assembled = 0;
        }
        if (builder.add(centroids, offset(assembled++))) {
            double error = 0;
            for (double each : errors) {
                error += each;
            }
            codebook = builder.build(error);
            builder = null;
        }
        return true;
    }

    private int next(IntPredicate settled) {
        int m = trained.nextClearBit(0);
        while (m < samples.length && !settled.test(m)) {
            m = trained.nextClearBit(m + 1);
        }
        return m < samples.length ? m : NONE;
    }

    private void begin() {
        if (memo.remembers()) {
            digest = digest(samples[subspace], Hash.add(seed, subspace));
            TrainedSubspace known = memo.find(digest);
            if (known != null) {
                known.copyTo(centroids, offset(subspace));
                finish(known.error());
                return;
            }
        }
        items.start(samples[subspace]);
    }

    private KMeansRun cluster() {
        int dimensions = config.subspaceDimensions();
        Points points =
                Points.of(items.vectors(), 0, 4L * dimensions, items.count(), dimensions)
                        .withWeights(items.weights(), 0);
        KMeans.Config clustering =
                new KMeans.Config(
                        config.centroids(), config.iterations(), Hash.add(seed, ~subspace));
        return new KMeansRun(points, clustering.withCandidates(CANDIDATES));
    }

    private void end() {
        int floats = config.centroids() * config.subspaceDimensions();
        long offset = offset(subspace);
        means.write(centroids, offset);
        for (int i = 0; i < floats; i++) {
            float x = Math.clamp(centroids.get(FLOAT, offset + 4L * i), -MAX_HALF, MAX_HALF);
            centroids.set(FLOAT, offset + 4L * i, Float.float16ToFloat(Float.floatToFloat16(x)));
        }
        double error = run.result().meanSquaredError();
        if (memo.remembers()) {
            memo.put(digest, new TrainedSubspace(centroids, offset, floats, error));
        }
        finish(error);
    }

    private void finish(double error) {
        errors[subspace] = error;
        trained.set(subspace);
        stop();
    }

    private void stop() {
        if (run != null) {
            run.close();
            run = null;
        }
        means = null;
        subspace = NONE;
    }

    private static byte[] digest(SubspaceSample sample, long label) {
        MessageDigest sha;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        byte[] item = new byte[Math.max(sample.stride(), 2 * Long.BYTES)];
        MemorySegment bytes = MemorySegment.ofArray(item);
        bytes.set(ItemLayout.LONG, 0, label);
        bytes.set(ItemLayout.LONG, Long.BYTES, sample.size());
        sha.update(item, 0, 2 * Long.BYTES);
        for (int rank = 0; rank < sample.size(); rank++) {
            long offset = sample.offsetOf(sample.slotAt(rank));
            MemorySegment.copy(sample.items(), offset, bytes, 0, sample.stride());
            sha.update(item, 0, sample.stride());
        }
        return sha.digest();
    }

    private long offset(int m) {
        return 4L * config.centroids() * config.subspaceDimensions() * m;
    }
}
