package ai.bytesandbrains.bench.compare;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.eval.Truth;
import ai.bytesandbrains.bench.measure.Race;
import ai.bytesandbrains.bench.measure.Roofline;
import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.Simd;

import io.github.jbellis.jvector.vector.types.ByteSequence;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// The tasks of the comparison, one after the other, each raced between the engine and JVector in
/// turns, on one thread; what the engine gains by a second thread is raced against the first.
///
/// Encoding and scans use one codebook on both sides, that of JVector, so that both do the same
/// work and their codes can be compared; without JVector it is the engine's own.
public final class Comparison implements AutoCloseable {
    /// Queries of a batch.
    public static final int BATCH = 100;

    private static final int SMALL_BATCH = 32;
    private static final int THREADS = 2;

    private static final int BITS = 8;
    private static final int MAX_TRAINING_POINTS = 65_536;
    private static final int FAST_BITS = 4;
    private static final int FAST_SUBSPACES = 32;
    private static final int CHECKED_CODES = 5_000;

    private final NativeVectors base;
    private final NativeVectors queries;
    private final Truth truth;
    private final int subspaces;
    private final int k;
    private final double seconds;
    private final EngineSide engine;
    private final JVectorSide jVector;
    private final Consumer<String> progress;

    /// Whether a second thread would have a processor, and is of interest.
    private final boolean withThreads =
            Runtime.getRuntime().availableProcessors() >= THREADS
                    && !Simd.species().equals("scalar");

    private final Workers two = Workers.of(THREADS);
    private final List<Task> tasks = new ArrayList<>();
    private final double bandwidth;
    private final double peak;
    private Answers answers;

    /// How good the answers were.
    ///
    /// @param codesEqual share of codes that are the same on both sides
    /// @param codeRecall recall of the engine's scan of codes
    /// @param jVectorCodeRecall recall of JVector's scan of codes
    /// @param exactRecall recall of the engine's exact scan
    /// @param jVectorExactRecall recall of JVector's exact scan
    /// @param trainError mean squared error of the engine's codebook
    /// @param jVectorTrainError mean squared error of JVector's codebook
    public record Answers(
            Double codesEqual,
            double codeRecall,
            Double jVectorCodeRecall,
            double exactRecall,
            Double jVectorExactRecall,
            double trainError,
            Double jVectorTrainError) {}

    /// Prepares both sides and measures the machine.
    ///
    /// @param base vectors; stay the caller's
    /// @param queries at least [#BATCH]; stay the caller's
    /// @param truth true neighbours of the queries by squared Euclidean distance
    /// @param subspaces of the 8-bit codes
    /// @param k neighbours per query
    /// @param seconds how long each side of a task is measured
    /// @param withJVector false measures the engine alone
    /// @param progress is told what is done next
    public Comparison(
            final NativeVectors base,
            final NativeVectors queries,
            final Truth truth,
            final int subspaces,
            final int k,
            final double seconds,
            final boolean withJVector,
            final Consumer<String> progress) {
        this.base = base;
        this.queries = queries;
        this.truth = truth;
        this.subspaces = subspaces;
        this.k = k;
        this.seconds = seconds;
        this.progress = progress;
        progress.accept("limits of the machine");
        bandwidth = Roofline.readBandwidthGBs(1, Roofline.DEFAULT_BYTES);
        peak = Roofline.fmaPeakGflops(1);
        engine = new EngineSide(base, queries, Math.max(subspaces, FAST_SUBSPACES), BATCH, k);
        jVector = withJVector ? new JVectorSide(base, queries, k) : null;
    }

    /// {@return memory that is read, 10^9 bytes a second}
    public double readBandwidthGBs() {
        return bandwidth;
    }

    /// {@return multiply-adds, 10^9 floating-point operations a second}
    public double fmaPeakGflops() {
        return peak;
    }

    /// {@return what JVector's loops run on; null without it}
    public String jVectorProvider() {
        return jVector == null ? null : jVector.provider();
    }

    /// {@return how good the answers were; null before [#run]}
    public Answers answers() {
        return answers;
    }

    /// Does all tasks.
    ///
    /// @return what was measured
    public List<Task> run() {
        final double[] errors = train();
        encode();
        scanCodes();
        check(errors);
        scanVectors();
        scanFast();
        return List.copyOf(tasks);
    }

    /// Both sides train as many iterations on the same vectors, each the second time it does it.
    private double[] train() {
        progress.accept("training");
        final int points = Math.min(MAX_TRAINING_POINTS, base.rows());
        final int iterations = JVectorSide.ITERATIONS;
        final int sample = Math.min(CHECKED_CODES, base.rows());
        engine.train(subspaces, BITS, points, 1, Workers.caller());
        final long start = System.nanoTime();
        final Codebook own = engine.train(subspaces, BITS, points, iterations, Workers.caller());
        final double seconds1 = (System.nanoTime() - start) / 1e9;
        final double secondsOfTwo = withThreads ? trainByTwo(points, iterations) : Double.NaN;
        final double ownError = engine.error(own, sample);
        // k-means compares every point with every centroid at each iteration and once at its start.
        final double flops = 2.0 * points * 256 * base.dimensions() * (iterations + 1);
        Double seconds2 = null;
        Double jVectorError = null;
        if (jVector == null) {
            engine.use(own);
        } else {
            jVector.train(subspaces, Math.min(points, 4_096));
            final long jVectorStart = System.nanoTime();
            jVector.train(subspaces, points);
            seconds2 = (System.nanoTime() - jVectorStart) / 1e9;
            final Codebook adopted = engine.adopt(subspaces, jVector.centroids());
            jVectorError = engine.error(adopted, sample);
            engine.use(adopted);
            jVector.encodeAll();
        }
        tasks.add(
                new Task(
                        "PQ train, %d points, %d iterations".formatted(points, iterations),
                        "s",
                        seconds1,
                        seconds2,
                        seconds2 == null ? null : seconds2 / seconds1,
                        null,
                        flops / seconds1 / 1e9 / peak,
                        "fma",
                        null,
                        null,
                        null,
                        null));
        if (withThreads) {
            tasks.add(Task.ofTwoThreads("PQ train", "s", secondsOfTwo, seconds1 / secondsOfTwo));
        }
        return new double[] {ownError, jVectorError == null ? Double.NaN : jVectorError};
    }

    private double trainByTwo(final int points, final int iterations) {
        engine.train(subspaces, BITS, points, 1, two);
        final long start = System.nanoTime();
        engine.train(subspaces, BITS, points, iterations, two);
        return (System.nanoTime() - start) / 1e9;
    }

    private void encode() {
        progress.accept("encoding");
        final LongSupplier other;
        if (jVector == null) {
            other = null;
        } else {
            final ByteSequence<?> code = jVector.newCode();
            other = () -> jVector.encode(256, code);
        }
        final double flops = 2.0 * 256 * base.dimensions();
        race("PQ encode", "vectors/s", engine::encode, other, 1, flops / 1e9 / peak, "fma");
    }

    private void scanCodes() {
        progress.accept("scanning codes");
        final LongSupplier other = jVector == null ? null : this::jVectorScansCodes;
        final double share = subspaces / 1e9 / bandwidth;
        race("8-bit scan, one query", "codes/s", engine::scanCodes, other, 1, share, "bandwidth");
        race(
                "8-bit scan, batch of 100",
                "codes/s",
                () -> engine.scanCodes(BATCH, Workers.caller()),
                other,
                BATCH,
                share,
                "bandwidth");
        raceThreads(
                "8-bit scan, batch of 100",
                "codes/s",
                () -> engine.scanCodes(BATCH, Workers.caller()),
                () -> engine.scanCodes(BATCH, two));
    }

    private long jVectorScansCodes() {
        jVector.scanCodes();
        return base.rows();
    }

    private long jVectorScansVectors() {
        jVector.scanVectors();
        return base.rows();
    }

    private void scanVectors() {
        progress.accept("scanning vectors");
        final LongSupplier other = jVector == null ? null : this::jVectorScansVectors;
        final double bytes = 4.0 * base.dimensions();
        final double flops = 2.0 * base.dimensions();
        race(
                "exact scan, one query",
                "vectors/s",
                engine::scanVectors,
                other,
                1,
                bytes / 1e9 / bandwidth,
                "bandwidth");
        for (final int batch : new int[] {SMALL_BATCH, BATCH}) {
            race(
                    "exact scan, batch of " + batch,
                    "vectors/s",
                    () -> engine.scanVectors(batch, Workers.caller()),
                    other,
                    batch,
                    flops / 1e9 / peak,
                    "fma");
        }
        raceThreads(
                "exact scan, batch of 100",
                "vectors/s",
                () -> engine.scanVectors(BATCH, Workers.caller()),
                () -> engine.scanVectors(BATCH, two));
    }

    /// Codes of 4 bits, which JVector has not; a batch in turns with single queries.
    private void scanFast() {
        if (base.dimensions() % FAST_SUBSPACES != 0) {
            return;
        }
        progress.accept("scanning 4-bit codes");
        final int points = Math.min(MAX_TRAINING_POINTS, base.rows());
        final int iterations = JVectorSide.ITERATIONS;
        engine.use(engine.train(FAST_SUBSPACES, FAST_BITS, points, iterations, Workers.caller()));
        final Race race = new Race(seconds);
        race.add(engine::scanCodes);
        race.add(() -> engine.scanCodes(BATCH, Workers.caller()));
        final List<Race.Result> results = race.run();
        final double share = FAST_SUBSPACES / 2 / 1e9 / bandwidth;
        final String name = "4-bit scan M=32, ";
        final Race.Result one = results.getFirst();
        tasks.add(Task.raced(name + "one query", "codes/s", one, null, share, "bandwidth", 1));
        tasks.add(
                Task.raced(
                                name + "batch of 100",
                                "codes/s",
                                results.getLast(),
                                null,
                                share,
                                "bandwidth",
                                BATCH)
                        .withGain(one.perSecond(), "one query"));
        raceThreads(
                name + "batch of 100",
                "codes/s",
                () -> engine.scanCodes(BATCH, Workers.caller()),
                () -> engine.scanCodes(BATCH, two));
    }

    /// Two threads against one.
    private void raceThreads(
            final String task, final String unit, final LongSupplier one, final LongSupplier both) {
        if (!withThreads) {
            return;
        }
        final Race race = new Race(seconds);
        race.add(one);
        race.add(both);
        final List<Race.Result> results = race.run();
        final double figure = results.getLast().perSecond();
        tasks.add(Task.ofTwoThreads(task, unit, figure, figure / results.getFirst().perSecond()));
    }

    /// Raced against JVector unless `other` is null.
    /// @param limitPerUnit what one unit of work a second is of the limit
    /// @param queriesPerCall of the engine, for its allocation; JVector's calls are one query
    private void race(
            final String task,
            final String unit,
            final LongSupplier own,
            final LongSupplier other,
            final int queriesPerCall,
            final double limitPerUnit,
            final String limit) {
        final Race race = new Race(seconds);
        race.add(own);
        if (other != null) {
            race.add(other);
        }
        final List<Race.Result> results = race.run();
        final Race.Result second = other == null ? null : results.getLast();
        tasks.add(
                Task.raced(
                        task,
                        unit,
                        results.getFirst(),
                        second,
                        limitPerUnit,
                        limit,
                        queriesPerCall));
    }

    /// Codes and neighbours of both sides beside each other and beside the truth.
    private void check(final double[] errors) {
        progress.accept("checking the answers");
        double codeHits = 0;
        double exactHits = 0;
        double jVectorCodeHits = 0;
        double jVectorExactHits = 0;
        for (int query = 0; query < queries.rows(); query++) {
            codeHits += hits(query, engine.search(true, query));
            exactHits += hits(query, engine.search(false, query));
            if (jVector != null) {
                jVector.scanCodes(query);
                jVectorCodeHits += hits(query, jVector.found());
                jVector.scanVectors(query);
                jVectorExactHits += hits(query, jVector.found());
            }
        }
        final double all = (double) k * queries.rows();
        final boolean both = jVector != null;
        answers =
                new Answers(
                        both ? codesEqual() : null,
                        codeHits / all,
                        both ? jVectorCodeHits / all : null,
                        exactHits / all,
                        both ? jVectorExactHits / all : null,
                        errors[0],
                        both ? errors[1] : null);
    }

    private double codesEqual() {
        final int rows = Math.min(CHECKED_CODES, base.rows());
        long equal = 0;
        for (int row = 0; row < rows; row++) {
            for (int subspace = 0; subspace < subspaces; subspace++) {
                equal += engine.codeAt(row, subspace) == jVector.codeAt(row, subspace) ? 1 : 0;
            }
        }
        return (double) equal / ((long) rows * subspaces);
    }

    private int hits(final int query, final Neighbours found) {
        return truth.hits(query, k, found);
    }

    private int hits(final int query, final int[] found) {
        int hits = 0;
        for (final int id : found) {
            hits += truth.isTrue(query, k, id) ? 1 : 0;
        }
        return hits;
    }

    @Override
    public void close() {
        two.close();
        engine.close();
        if (jVector != null) {
            jVector.close();
        }
    }
}
