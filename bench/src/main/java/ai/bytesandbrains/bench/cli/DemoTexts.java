package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.Partition;
import ai.bytesandbrains.bench.data.Partitions;
import ai.bytesandbrains.bench.data.Vectors;
import ai.bytesandbrains.bench.data.WordNetMini;
import ai.bytesandbrains.bench.words.WordModel;
import ai.bytesandbrains.engine.train.KMeans;
import ai.bytesandbrains.engine.train.KMeansRun;
import ai.bytesandbrains.engine.train.Points;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Texts with their vectors, and the peer that has each.
final class DemoTexts {
    private static final int TOPICS_PER_PEER = 2;
    private static final int ITERATIONS = 10;
    private static final int SAMPLE = 256;

    private final List<String> texts;
    private final Vectors vectors;
    private final int[] nodeOf;

    private DemoTexts(final List<String> texts, final Vectors vectors, final int[] nodeOf) {
        this.texts = texts;
        this.vectors = vectors;
        this.nodeOf = nodeOf;
    }

    List<String> texts() {
        return texts;
    }

    Vectors vectors() {
        return vectors;
    }

    int[] nodeOf() {
        return nodeOf;
    }

    /// The bundled texts.
    static DemoTexts bundled(final DemoOptions options) throws IOException {
        final WordNetMini data = WordNetMini.load();
        return new DemoTexts(
                data.texts(),
                data.base(),
                data.nodeOf(options.partition(), options.peers(), options.seed()));
    }

    /// The lines of a file. What is spread by topic goes by clusters of the vectors.
    ///
    /// @throws UsageException if the file cannot be read, or has fewer texts than there are peers
    static DemoTexts read(
            final Path file,
            final DemoOptions options,
            final WordModel model,
            final Output output) {
        final List<String> texts = Words.lines(file);
        if (texts.size() < options.peers()) {
            throw new UsageException(
                    "--texts %s: %d texts are not enough for --peers %d"
                            .formatted(file, texts.size(), options.peers()));
        }
        final Vectors vectors = Words.embed(model, texts, output);
        final int[] nodeOf =
                Partitions.compute(
                        options.partition(),
                        options.peers(),
                        topics(vectors, options),
                        options.seed());
        return new DemoTexts(texts, vectors, nodeOf);
    }

    /// Whether texts without topics of their own can be spread so.
    static boolean isComputable(final Partition partition) {
        return partition != Partition.NICHE;
    }

    private static int[] topics(final Vectors vectors, final DemoOptions options) {
        final int topics = Math.min(TOPICS_PER_PEER * options.peers(), vectors.rows());
        final long rowBytes = (long) vectors.dimensions() * Float.BYTES;
        final Points points =
                Points.of(vectors.segment(), 0, rowBytes, vectors.rows(), vectors.dimensions());
        final int sample = Math.max(SAMPLE, vectors.rows());
        try (KMeansRun run =
                new KMeansRun(
                        points, new KMeans.Config(topics, ITERATIONS, sample, options.seed()))) {
            while (!run.step(Long.MAX_VALUE)) {
                Thread.onSpinWait();
            }
            final int[] topicOf = new int[vectors.rows()];
            for (int row = 0; row < topicOf.length; row++) {
                topicOf[row] = run.cluster(row);
            }
            return topicOf;
        }
    }
}
