package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.eval.IndexBuild;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/// The figures of one `bb eval`. In JSON the groups are one flat object. A null figure is one that
/// this run did not produce, such as the training of an index that does not learn.
///
/// @param setup what was searched and how
/// @param answers how good and how fast the answers were
/// @param build what it took to get there
/// @param limits what the machine can do, measured in the same run
/// @param totalSeconds the whole run
public record EvalReport(
        @JsonUnwrapped Setup setup,
        @JsonUnwrapped Answers answers,
        @JsonUnwrapped IndexBuild.Figures build,
        @JsonUnwrapped Limits limits,
        Double totalSeconds)
        implements Report {

    /// What was searched and how.
    ///
    /// @param index lower-case name of the index
    /// @param metric l2, cosine or ip
    /// @param n number of vectors
    /// @param dimensions of a vector
    /// @param queries number of different queries
    /// @param k neighbours per query
    /// @param m subspaces; null for an index without codes
    /// @param bits bits a subspace; null for an index without codes
    /// @param rerank factor of re-ranking, 0 for none; null for an index without codes
    /// @param rows what stored rows are, null where none are kept
    /// @param threads threads that train, encode and search
    /// @param batch queries handed over at a time
    /// @param truth where the true neighbours are from: `file` or `computed`
    /// @param seed seed of the training
    public record Setup(
            String index,
            String metric,
            int n,
            int dimensions,
            int queries,
            int k,
            Integer m,
            Integer bits,
            Integer rerank,
            String rows,
            int threads,
            int batch,
            String truth,
            long seed) {}

    /// How good and how fast the answers were.
    ///
    /// @param recall share of the true k nearest that were found, mean over the queries
    /// @param qps searches a second, all threads together
    /// @param p50Us median time of a search in microseconds; of a batch, that of the whole batch
    /// @param p99Us 99th percentile in microseconds
    /// @param p999Us 99.9th percentile in microseconds
    /// @param searches searches measured
    /// @param allocatedBytesPerQuery heap bytes a search, all threads together
    public record Answers(
            Double recall,
            Double qps,
            Double p50Us,
            Double p99Us,
            Double p999Us,
            long searches,
            Double allocatedBytesPerQuery) {}

    /// What the machine can do with as many threads, and what share of it the searches used.
    ///
    /// @param species what the kernels run on
    /// @param simdReason why
    /// @param readBandwidthGBs memory that can be read, 10^9 bytes a second
    /// @param fmaPeakGflops multiply-adds, 10^9 floating-point operations a second
    /// @param scanGBs payload that the searches compared with, 10^9 bytes a second: queries times
    ///     bytes of rows or codes; above the bandwidth where several queries share a pass
    /// @param gflops for exact distances of floats, 2 * n * dimensions operations a query; null
    ///     otherwise
    public record Limits(
            String species,
            String simdReason,
            Double readBandwidthGBs,
            Double fmaPeakGflops,
            Double scanGBs,
            Double gflops) {}

    @Override
    public String table() {
        return new TextTable()
                .heading("search")
                .row("index", setup.index)
                .row("metric", setup.metric)
                .row("vectors", setup.n)
                .row("dimensions", setup.dimensions)
                .row("subspaces", setup.m)
                .row("bits", setup.bits)
                .row("re-rank factor", setup.rerank)
                .row("stored rows", setup.rows)
                .row("queries", setup.queries)
                .row("k", setup.k)
                .row("threads", setup.threads)
                .row("batch", setup.batch)
                .heading("answers")
                .row("recall@" + setup.k, answers.recall)
                .row("truth", setup.truth)
                .row("queries per second", answers.qps)
                .row("time p50", answers.p50Us, " us")
                .row("time p99", answers.p99Us, " us")
                .row("time p99.9", answers.p999Us, " us")
                .row("searches measured", answers.searches)
                .row("allocated per query", answers.allocatedBytesPerQuery, " bytes")
                .heading("building")
                .row("training", build.trainSeconds(), " s")
                .row("training error", build.trainError())
                .row("encoding", build.encodeVectorsPerSecond(), " vectors/s")
                .row("adding", build.addSeconds(), " s")
                .row("bytes per vector", build.bytesPerVector())
                .heading("limits, as many threads")
                .row("SIMD", limits.species)
                .row("read bandwidth", limits.readBandwidthGBs, " GB/s")
                .row("scanned", limits.scanGBs, " GB/s")
                .row("multiply-add peak", limits.fmaPeakGflops, " GFLOP/s")
                .row("exact distances", limits.gflops, " GFLOP/s")
                .row("total", totalSeconds, " s")
                .toString();
    }
}
