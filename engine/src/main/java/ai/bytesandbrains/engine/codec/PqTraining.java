package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.Vectors;
import ai.bytesandbrains.engine.train.KMeans;
import ai.bytesandbrains.engine.train.KMeansRun;
import ai.bytesandbrains.engine.train.Points;
import ai.bytesandbrains.engine.train.TrainingCancelledException;
import ai.bytesandbrains.engine.train.TrainingProgress;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// One training of a codebook under way: what [ProductQuantizer#train] runs to its end, run piece
/// by piece, as an agent does that must not be kept from its other work.
///
/// The codebook is the same whoever runs it: [#step] until it is done, [#run] with any number of
/// threads, or one after the other.
///
/// **Threads.** One at a time. **Allocation.** At construction and whenever a subspace begins.
///
/// **Lifetime.** Whoever made the training closes it; it copies the samples when it is made.
public final class PqTraining implements AutoCloseable {
    private final PqConfig config;
    private final int part;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment rows;
    private final int count;
    private final MemorySegment centroids;

    /// Mean squared error of each subspace; NaN until it is trained.
    private final double[] errors;

    /// The subspace that [#step] is at.
    private KMeansRun current;

    private int currentSubspace;
    private Codebook codebook;

    /// A training over samples that are copied here.
    ///
    /// @param config shape and training
    /// @param samples what holds the samples; only read, and only here
    /// @param offset byte offset of the first sample
    /// @param stride bytes from one sample to the next
    /// @param count number of samples
    /// @throws IllegalArgumentException if the samples do not lie inside the segment, are fewer
    ///     than the centroids of a subspace, or could not be encoded
    public PqTraining(PqConfig config, MemorySegment samples, long offset, long stride, int count) {
        this.config = config;
        part = config.dimensions() / config.subspaces();
        Vectors.checkRange("samples", samples, offset, stride, count, config.dimensions());
        if (count < config.centroids()) {
            throw new IllegalArgumentException(
                    "points=" + count + " are fewer than clusters=" + config.centroids());
        }
        this.count = Math.min(count, config.maxTrainingPoints());
        errors = new double[config.subspaces()];
        Arrays.fill(errors, Double.NaN);
        long rowStride = 4L * config.dimensions();
        try {
            rows = arena.allocate(this.count * rowStride, RowStore.ALIGNMENT);
            centroids = arena.allocate(rowStride << config.bits(), RowStore.ALIGNMENT);
            for (int i = 0; i < this.count; i++) {
                long sample = offset + (long) i * count / this.count * stride;
                VectorDoor.enter(
                        config.metric(),
                        config.dimensions(),
                        "samples",
                        samples,
                        sample,
                        rows,
                        i * rowStride);
            }
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /// Runs some of the work on the calling thread.
    ///
    /// @param budget work to do, in points of one subspace that are looked at; at least one block
    ///     of 1,024 is
    /// @return whether all is done
    /// @throws IllegalArgumentException if samples are too large to be squared
    public boolean step(long budget) {
        if (!isDone()) {
            if (current == null) {
                currentSubspace = nextOpen(currentSubspace);
                current = begin(currentSubspace);
            }
            int m = currentSubspace;
            if (current.step(budget)) {
                end(m, current);
                current.close();
                current = null;
                currentSubspace = nextOpen(m + 1);
            }
        }
        return isDone();
    }

    /// Runs to the end.
    ///
    /// Several threads take a subspace each, or, where there are more threads than subspaces left,
    /// work on one subspace together.
    ///
    /// @param workers who does the work; stays the caller's
    /// @param progress follows the work and may end it; called by one thread at a time, not always
    ///     the caller's. The pieces are starts, first assignments and iterations of all subspaces.
    /// @throws IllegalArgumentException if samples are too large to be squared
    /// @throws TrainingCancelledException if `progress` said so; the training can be taken up again
    ///     then, with the subspaces that are done
    public void run(Workers workers, TrainingProgress progress) {
        Pieces pieces = new Pieces(progress);
        if (current != null) {
            finish(currentSubspace, current, workers, pieces);
            current.close();
            current = null;
        }
        int[] open = new int[config.subspaces()];
        int left = 0;
        for (int m = nextOpen(0); m < errors.length; m = nextOpen(m + 1)) {
            open[left++] = m;
        }
        if (left >= workers.count()) {
            workers.run(left, (p, w) -> finish(open[p], Workers.caller(), pieces));
        } else {
            for (int p = 0; p < left; p++) {
                finish(open[p], workers, pieces);
            }
        }
        currentSubspace = nextOpen(0);
    }

    /// {@return whether there is nothing left to do}
    public boolean isDone() {
        return current == null && nextOpen(currentSubspace) == errors.length;
    }

    /// {@return the codebook of a training that is done}
    ///
    /// @throws IllegalStateException if it is not
    public Codebook codebook() {
        if (!isDone()) {
            throw new IllegalStateException("the training is not done");
        }
        if (codebook == null) {
            double error = 0;
            for (double each : errors) {
                error += each;
            }
            codebook =
                    Codebook.of(
                            config.metric(),
                            config.dimensions(),
                            config.subspaces(),
                            config.bits(),
                            error,
                            centroids,
                            0);
        }
        return codebook;
    }

    /// Frees the memory; a codebook that was made lives on. Closing twice is allowed.
    @Override
    public void close() {
        if (current != null) {
            current.close();
            current = null;
        }
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private int nextOpen(int from) {
        int m = from;
        while (m < errors.length && !Double.isNaN(errors[m])) {
            m++;
        }
        return m;
    }

    private KMeansRun begin(int m) {
        Points points = Points.of(rows, 4L * m * part, 4L * config.dimensions(), count, part);
        return new KMeansRun(
                points,
                new KMeans.Config(config.centroids(), config.iterations(), config.seed() + m));
    }

    private void finish(int m, Workers workers, Pieces pieces) {
        try (KMeansRun run = begin(m)) {
            finish(m, run, workers, pieces);
        }
    }

    private void finish(int m, KMeansRun run, Workers workers, Pieces pieces) {
        run.run(workers, pieces.ofSubspace(m));
        end(m, run);
    }

    private void end(int m, KMeansRun run) {
        run.centroids(centroids, (4L * m * part) << config.bits());
        errors[m] = run.result().meanSquaredError();
    }

    /// Adds up what the subspaces have done.
    private final class Pieces {
        private final TrainingProgress progress;
        private final long[] done = new long[errors.length];
        private final long perSubspace = config.iterations() + 2L;
        private boolean goOn = true;

        Pieces(TrainingProgress progress) {
            this.progress = progress;
            for (int m = 0; m < done.length; m++) {
                done[m] = Double.isNaN(errors[m]) ? 0 : perSubspace;
            }
        }

        TrainingProgress ofSubspace(int m) {
            return (pieces, total) -> advance(m, pieces);
        }

        private synchronized boolean advance(int m, long pieces) {
            done[m] = pieces;
            if (goOn) {
                long sum = 0;
                for (long each : done) {
                    sum += each;
                }
                goOn = progress.onProgress(sum, perSubspace * done.length);
            }
            return goOn;
        }
    }
}
