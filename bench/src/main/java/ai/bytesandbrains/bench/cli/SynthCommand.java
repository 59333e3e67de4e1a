package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.Synthetic;
import ai.bytesandbrains.bench.data.TexmexWriter;
import ai.bytesandbrains.bench.eval.Truth;
import ai.bytesandbrains.engine.space.Metric;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/// `bb synth`: a synthetic data set with its true neighbours, as files that `bb eval` reads.
@Command(
        name = "synth",
        description = "Writes a synthetic clustered data set with its true neighbours.",
        mixinStandardHelpOptions = true)
final class SynthCommand implements Callable<Integer> {
    @Mixin private Output output;
    @Mixin private SynthOptions options;

    @Override
    public Integer call() throws IOException {
        options.validate();
        final Path folder = Files.createDirectories(options.folder());
        final Synthetic synthetic = new Synthetic(options.dimensions(), options.seed());
        try (NativeVectors train = synthetic.draw(options.train(), Synthetic.TRAIN)) {
            TexmexWriter.vectors(folder.resolve("train.fvecs"), train);
        }
        try (NativeVectors base = synthetic.draw(options.rows(), Synthetic.BASE);
                NativeVectors queries = synthetic.draw(options.queries(), Synthetic.QUERY)) {
            TexmexWriter.vectors(folder.resolve("base.fvecs"), base);
            TexmexWriter.vectors(folder.resolve("query.fvecs"), queries);
            final Truth truth = truth(base, queries);
            TexmexWriter.idLists(
                    folder.resolve("truth.ivecs"), truth.queries(), truth.columns(), truth::id);
        }
        output.print(
                new SynthReport(
                        folder.toString(),
                        options.rows(),
                        options.dimensions(),
                        options.train(),
                        options.queries(),
                        options.k(),
                        options.seed()));
        return 0;
    }

    private Truth truth(final NativeVectors base, final NativeVectors queries) {
        try (Progress progress = output.progress("true neighbours", queries.rows())) {
            return Truth.compute(Metric.L2, base, queries, options.k(), progress::stepTo);
        }
    }

    /// What was written.
    ///
    /// @param folder where the files are
    /// @param n base vectors
    /// @param dimensions of a vector
    /// @param train vectors to train on
    /// @param queries number of queries
    /// @param k true neighbours of each query
    /// @param seed seed of everything
    record SynthReport(
            String folder, int n, int dimensions, int train, int queries, int k, long seed)
            implements Report {
        @Override
        public String table() {
            return new TextTable()
                    .row("folder", folder)
                    .row("base vectors", n)
                    .row("dimensions", dimensions)
                    .row("training vectors", train)
                    .row("queries", queries)
                    .row("true neighbours of each", k)
                    .toString();
        }
    }
}
