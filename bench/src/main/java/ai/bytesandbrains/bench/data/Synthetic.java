package ai.bytesandbrains.bench.data;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Clustered vectors that are as hard to search as image descriptors: points of Gaussian clusters
/// of very different sizes and spreads in a latent space, bent by a small random network, cut at
/// zero, scaled to one length and rounded to whole numbers from 0 to 218. Their local intrinsic
/// dimension is far below their number of components.
///
/// The same arguments give the same vectors on the same JVM, for any number of threads. Immutable.
public final class Synthetic {
    /// The sample to search.
    public static final int BASE = 0;

    /// The sample to train on.
    public static final int TRAIN = 1;

    /// The sample of queries.
    public static final int QUERY = 2;

    private static final int LATENT = 32;
    private static final int HIDDEN = 256;
    private static final int CLUSTERS = 2_000;
    private static final int BLOCK = 1_000;
    private static final float LARGEST_SHARE = 0.3f;
    private static final int SCALE = 512;
    private static final int MAX_VALUE = 218;

    private final int dimensions;
    private final float[][] centres = new float[CLUSTERS][LATENT];
    private final float[][] spreads = new float[CLUSTERS][LATENT];
    private final double[] cumulative = new double[CLUSTERS];
    private final float[][] first = new float[LATENT][HIDDEN];
    private final float[] firstBias = new float[HIDDEN];
    private final float[][] second;
    private final float[] secondBias;
    private final long seed;

    /// A distribution to draw from.
    ///
    /// @param dimensions floats in a vector, at least 1
    /// @param seed seed of the distribution and of all that is drawn
    public Synthetic(final int dimensions, final long seed) {
        if (dimensions < 1) {
            throw new IllegalArgumentException("dimensions=" + dimensions);
        }
        this.dimensions = dimensions;
        this.seed = seed;
        final SplittableRandom random = new SplittableRandom(seed);
        second = new float[HIDDEN][dimensions];
        secondBias = new float[dimensions];
        fill(centres, 1, random);
        drawWeights(random);
        for (final float[] spread : spreads) {
            final double width = 0.35 + 0.5 * random.nextDouble();
            for (int i = 0; i < LATENT; i++) {
                spread[i] = (float) (width * Math.exp(-i / 14.0));
            }
        }
        fill(first, 1.3 / Math.sqrt(LATENT), random);
        fill(new float[][] {firstBias}, 0.5, random);
        fill(second, 1.6 / Math.sqrt(HIDDEN), random);
        fill(new float[][] {secondBias}, 0.35, random);
        for (int i = 0; i < dimensions; i++) {
            secondBias[i] -= 0.25f;
        }
    }

    /// Draws vectors; uses all processors.
    ///
    /// @param rows how many, at least 1
    /// @param stream which independent sample: [#BASE], [#TRAIN], [#QUERY] or another number
    /// @return the vectors, off-heap; the caller closes them
    public NativeVectors draw(final int rows, final int stream) {
        final NativeVectors vectors = new NativeVectors(rows, dimensions);
        final int blocks = (rows + BLOCK - 1) / BLOCK;
        IntStream.range(0, blocks)
                .parallel()
                .forEach(
                        block ->
                                drawBlock(
                                        vectors,
                                        block * BLOCK,
                                        Math.min(rows, (block + 1) * BLOCK),
                                        new SplittableRandom(blockSeed(stream, block))));
        return vectors;
    }

    private long blockSeed(final int stream, final int block) {
        // Odd multipliers keep the seeds of all blocks apart; SplittableRandom scrambles them.
        return seed + 0x9e3779b97f4a7c15L * (stream + 1L) + 0xd1342543de82ef95L * (block + 1L);
    }

    private void drawBlock(
            final NativeVectors vectors,
            final int from,
            final int to,
            final SplittableRandom random) {
        final float[] latent = new float[LATENT];
        final float[] hidden = new float[HIDDEN];
        final float[] vector = new float[dimensions];
        for (int row = from; row < to; row++) {
            final int found = Arrays.binarySearch(cumulative, random.nextDouble());
            final int cluster = Math.min(CLUSTERS - 1, found < 0 ? -found - 1 : found);
            for (int i = 0; i < LATENT; i++) {
                latent[i] =
                        centres[cluster][i] + spreads[cluster][i] * (float) random.nextGaussian();
            }
            System.arraycopy(firstBias, 0, hidden, 0, HIDDEN);
            addProduct(latent, first, hidden);
            for (int i = 0; i < HIDDEN; i++) {
                hidden[i] = (float) Math.tanh(hidden[i]);
            }
            System.arraycopy(secondBias, 0, vector, 0, dimensions);
            addProduct(hidden, second, vector);
            finish(vector, random);
            vectors.setRow(row, vector);
        }
    }

    private static void addProduct(final float[] x, final float[][] weights, final float[] out) {
        for (int i = 0; i < x.length; i++) {
            final float factor = x[i];
            final float[] line = weights[i];
            for (int j = 0; j < out.length; j++) {
                out[j] += factor * line[j];
            }
        }
    }

    private static void finish(final float[] vector, final SplittableRandom random) {
        for (int i = 0; i < vector.length; i++) {
            final double value = vector[i] + 0.06 * random.nextGaussian();
            vector[i] = (float) (Math.pow(Math.max(value, 0), 1.4) + 0.02);
        }
        normalise(vector);
        for (int i = 0; i < vector.length; i++) {
            vector[i] = Math.min(vector[i], LARGEST_SHARE);
        }
        normalise(vector);
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) Math.min(Math.floor(vector[i] * SCALE), MAX_VALUE);
        }
    }

    private static void normalise(final float[] vector) {
        double squares = 0;
        for (final float value : vector) {
            squares += (double) value * value;
        }
        final float scale = (float) (1 / Math.sqrt(squares));
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= scale;
        }
    }

    /// Sizes of clusters follow a Pareto law: few are large, most are small.
    private void drawWeights(final SplittableRandom random) {
        double sum = 0;
        for (int i = 0; i < CLUSTERS; i++) {
            sum += Math.pow(1 - random.nextDouble(), -1 / 1.5) - 1 + 0.2;
            cumulative[i] = sum;
        }
        for (int i = 0; i < CLUSTERS; i++) {
            cumulative[i] /= sum;
        }
    }

    private static void fill(
            final float[][] lines, final double deviation, final SplittableRandom random) {
        for (final float[] line : lines) {
            for (int i = 0; i < line.length; i++) {
                line[i] = (float) (deviation * random.nextGaussian());
            }
        }
    }
}
