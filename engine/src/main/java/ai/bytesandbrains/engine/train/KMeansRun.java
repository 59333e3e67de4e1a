package ai.bytesandbrains.engine.train;

import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// One k-means clustering under way: what [KMeans] runs to its end, run piece by piece.
///
/// The pieces are the same whoever runs them, so the centroids are too: [#step] until it is done,
/// [#run] with any number of threads, or one after the other.
///
/// **Threads.** One at a time. **Allocation.** At construction; [#step] allocates nothing.
///
/// **Lifetime.** Whoever made the run closes it; it copies the points when it is made.
public final class KMeansRun implements AutoCloseable {
    /// How far the run is.
    private enum Phase {
        PREPARE,
        SEED,
        ASSIGN,
        MOVE,
        MEASURE,
        DONE
    }

    private final KMeans.Config config;
    private final TrainingPoints points;
    private final Centroids centroids;
    private final int[] nearest;
    private final boolean[] blockMoved;
    private final NearestCentroids.Scratch scratch;

    private Phase phase = Phase.PREPARE;
    private Seeding seeding;

    /// The block that [#step] does next.
    private int block;

    private int iterations;
    private double error;

    /// A run over points that are copied here.
    ///
    /// @param points the points, at least as many as clusters; only read, and only here
    /// @param config how to cluster
    /// @throws IllegalArgumentException if there are fewer points than clusters, a point is not
    ///     finite, a weight is not positive and finite, or clusters times dimensions are 2^31 or
    ///     more
    public KMeansRun(Points points, KMeans.Config config) {
        int count = config.sampleSize(points.count());
        if (count < config.clusters()) {
            throw new IllegalArgumentException(
                    "points=" + points.count() + " are fewer than clusters=" + config.clusters());
        }
        if ((long) config.clusters() * points.dimensions() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "clusters=%d times dimensions=%d are more than an array holds"
                            .formatted(config.clusters(), points.dimensions()));
        }
        this.config = config;
        this.points = new TrainingPoints(points, count);
        try {
            this.points.copy(points);
            centroids = new Centroids(this.points, config.clusters());
            nearest = new int[count];
            Arrays.fill(nearest, -1);
            blockMoved = new boolean[this.points.blocks()];
            scratch = new NearestCentroids.Scratch(config.clusters());
        } catch (RuntimeException | Error e) {
            this.points.close();
            throw e;
        }
    }

    /// Runs some pieces on the calling thread.
    ///
    /// @param budget work to do, in points that are looked at; at least one block of 1,024 is
    /// @return whether all is done
    /// @throws IllegalArgumentException if points are too large to be squared
    public boolean step(long budget) {
        long left = budget;
        do {
            left -= piece();
        } while (left > 0 && phase != Phase.DONE);
        return isDone();
    }

    /// Runs to the end.
    ///
    /// @param workers who does the work; stays the caller's
    /// @param progress follows the work and may end it; the run can be taken up again then
    /// @throws IllegalArgumentException if points are too large to be squared
    /// @throws TrainingCancelledException if `progress` said so
    public void run(Workers workers, TrainingProgress progress) {
        long told = pieces();
        while (phase != Phase.DONE) {
            if (workers.count() == 1) {
                piece();
            } else {
                phase(workers);
            }
            if (pieces() != told) {
                told = pieces();
                if (!progress.onProgress(told, totalPieces())) {
                    throw new TrainingCancelledException(told, totalPieces());
                }
            }
        }
    }

    /// {@return whether there is nothing left to do}
    public boolean isDone() {
        return phase == Phase.DONE;
    }

    /// {@return pieces of the work that are done: the start, the first assignment, iterations}
    public long pieces() {
        return isDone() ? totalPieces() : iterations + (phase.compareTo(Phase.SEED) <= 0 ? 0 : 1);
    }

    /// {@return pieces of a run that does not converge before the last iteration}
    public long totalPieces() {
        return config.iterations() + 2L;
    }

    /// {@return iterations and error of a run that is done}
    ///
    /// @throws IllegalStateException if it is not
    public KMeans.Result result() {
        checkDone();
        return new KMeans.Result(iterations, error);
    }

    /// {@return the cluster of a point of a run that is done, of those that the run looked at}
    ///
    /// @param point which, from 0
    /// @throws IllegalStateException if the run is not done
    /// @throws IndexOutOfBoundsException if there is no such point
    public int cluster(int point) {
        checkDone();
        return nearest[point];
    }

    /// Writes the centroids of a run that is done.
    ///
    /// @param out receives `clusters * dimensions` floats, one centroid after the other
    /// @param offset byte offset of the first centroid
    /// @throws IllegalArgumentException if they do not fit the segment
    /// @throws IllegalStateException if the run is not done
    public void centroids(MemorySegment out, long offset) {
        checkRoom(out, offset);
        checkDone();
        centroids.write(out, offset);
    }

    /// Frees the memory. Closing twice is allowed.
    @Override
    public void close() {
        points.close();
    }

    void checkRoom(MemorySegment out, long offset) {
        int dimensions = points.dimensions();
        long stride = 4L * dimensions;
        Vectors.checkRange("centroids", out, offset, stride, config.clusters(), dimensions);
    }

    private void checkDone() {
        if (!isDone()) {
            throw new IllegalStateException(
                    "the run is not done: pieces=" + pieces() + " of " + totalPieces());
        }
    }

    /// Does one block of the phase at hand, and what ends the phase after the last one; returns the
    /// points looked at.
    private int piece() {
        int looked = points.blockSize(block);
        int blocks = points.blocks();
        switch (phase) {
            case PREPARE -> points.move(block);
            case SEED -> {
                blocks = seeding.blocks();
                if (block < blocks) {
                    seeding.approach(block);
                }
            }
            case ASSIGN -> assign(block, scratch);
            case MOVE -> centroids.gather(nearest, points.first(block), looked);
            case MEASURE -> {
                error = centroids.addSquaredErrors(nearest, points.first(block), looked, error);
            }
            case DONE -> {
                return 0;
            }
        }
        block++;
        if (block >= blocks) {
            endPhase();
        }
        return looked;
    }

    private void phase(Workers workers) {
        switch (phase) {
            case PREPARE, MEASURE -> {
                // Little work, in an order that matters to the error.
                Phase own = phase;
                do {
                    piece();
                } while (phase == own);
                return;
            }
            case SEED ->
                    workers.run(seeding.blocks() - block, (b, w) -> seeding.approach(block + b));
            case ASSIGN -> {
                int clusters = config.clusters();
                NearestCentroids.Scratch[] each = new NearestCentroids.Scratch[workers.count()];
                Arrays.setAll(each, w -> new NearestCentroids.Scratch(clusters));
                workers.run(points.blocks() - block, (b, w) -> assign(block + b, each[w]));
            }
            case MOVE -> {
                int parts = workers.count();
                int first = points.first(block);
                workers.run(parts, (p, w) -> centroids.gatherPart(nearest, first, p, parts));
            }
            case DONE -> {}
        }
        endPhase();
    }

    private void assign(int b, NearestCentroids.Scratch own) {
        blockMoved[b] = centroids.assign(b, nearest, own);
    }

    private void endPhase() {
        block = 0;
        switch (phase) {
            case PREPARE -> {
                seeding = new Seeding(points, centroids, config.candidates(), config.seed());
                phase = Phase.SEED;
            }
            case SEED -> {
                if (seeding.next()) {
                    centroids.refresh();
                    phase = Phase.ASSIGN;
                }
            }
            case ASSIGN -> {
                boolean moved = false;
                for (boolean each : blockMoved) {
                    moved |= each;
                }
                if (moved && iterations < config.iterations()) {
                    centroids.splitForEmpty(nearest);
                    centroids.beginMove();
                    phase = Phase.MOVE;
                } else {
                    phase = Phase.MEASURE;
                }
            }
            case MOVE -> {
                centroids.endMove();
                centroids.refresh();
                iterations++;
                phase = Phase.ASSIGN;
            }
            case MEASURE -> {
                error /= points.totalWeight();
                phase = Phase.DONE;
            }
            case DONE -> {}
        }
    }
}
