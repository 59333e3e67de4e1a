package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.train.KMeans;
import ai.bytesandbrains.engine.train.KMeansRun;
import ai.bytesandbrains.engine.train.Points;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The training of a codebook from samples, piece by piece: k-means in each subspace, from the
/// items in the order of their keys, with centroids rounded to half precision. Equal samples give
/// equal bits. The samples must not change meanwhile.
///
/// Control path: allocates copies of one subspace's items.
final class SampleTraining implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final float MAX_HALF = 65504;

    /// Candidates for each seed of the start: about a percent less error than with one.
    private static final int CANDIDATES = 8;

    private final GossipPqConfig config;
    private final SubspaceSample[] samples;
    private final long seed;
    private final CodebookMemo memo;
    private final byte[] digest;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment centroids;
    private final TrainingItems items;
    private Codebook codebook;
    private KMeansRun run;
    private int subspace;
    private double error;

    /// Begins.
    ///
    /// @param config shapes the codebook
    /// @param samples of all subspaces, none of them empty
    /// @param seed of the epoch
    /// @param memo may know the codebook already
    SampleTraining(GossipPqConfig config, SubspaceSample[] samples, long seed, CodebookMemo memo) {
        this.config = config;
        this.samples = samples;
        this.seed = seed;
        this.memo = memo;
        centroids = arena.allocate((4L * config.dimensions()) << config.bits(), 64);
        items = new TrainingItems(config, arena);
        items.start(samples[0]);
        digest = memo.remembers() ? digest() : null;
        codebook = digest == null ? null : memo.find(digest);
    }

    /// Runs some pieces; returns whether all is done.
    boolean step(long budget) {
        if (codebook != null) {
            return true;
        }
        if (run == null) {
            if (items.step()) {
                run = cluster();
            }
        } else if (run.step(budget)) {
            end();
        }
        return codebook != null;
    }

    /// The codebook, when all is done.
    Codebook codebook() {
        return codebook;
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
        long offset = 4L * floats * subspace;
        run.centroids(centroids, offset);
        for (int i = 0; i < floats; i++) {
            float x = Math.clamp(centroids.get(FLOAT, offset + 4L * i), -MAX_HALF, MAX_HALF);
            centroids.set(FLOAT, offset + 4L * i, Float.float16ToFloat(Float.floatToFloat16(x)));
        }
        error += run.result().meanSquaredError();
        run.close();
        run = null;
        if (++subspace < samples.length) {
            items.start(samples[subspace]);
        } else {
            codebook =
                    Codebook.of(
                            config.metric(),
                            config.dimensions(),
                            config.subspaces(),
                            config.bits(),
                            error,
                            centroids,
                            0);
            if (digest != null) {
                memo.put(digest, codebook);
            }
        }
    }

    private byte[] digest() {
        MessageDigest sha;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        byte[] item = new byte[samples[0].stride() + Long.BYTES];
        MemorySegment bytes = MemorySegment.ofArray(item);
        bytes.set(ItemLayout.LONG, 0, seed);
        for (SubspaceSample sample : samples) {
            bytes.set(ItemLayout.LONG, Long.BYTES, sample.size());
            sha.update(item, 0, 2 * Long.BYTES);
            for (int rank = 0; rank < sample.size(); rank++) {
                long offset = sample.offsetOf(sample.slotAt(rank));
                MemorySegment.copy(sample.items(), offset, bytes, Long.BYTES, sample.stride());
                sha.update(item, Long.BYTES, sample.stride());
            }
        }
        return sha.digest();
    }
}
