package ai.bytesandbrains.bench.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/// The figures of one `bb gossip-pq`. In JSON the groups are one flat object.
///
/// @param setup what was run
/// @param course how the nodes came to a codebook
/// @param quality what the codebook is worth, beside central training
/// @param codebookId of the first node, in hexadecimal digits; null if it has none
/// @param wallSeconds the whole run
/// @param seed seed of the run
public record GossipPqReport(
        @JsonUnwrapped Setup setup,
        @JsonUnwrapped Course course,
        @JsonUnwrapped Quality quality,
        String codebookId,
        double wallSeconds,
        long seed)
        implements Report {

    /// What was run.
    ///
    /// @param algorithm `sample`, or `push-sum` in its place
    /// @param nodes number of nodes
    /// @param vectors number of vectors on them
    /// @param dimensions floats in a vector
    /// @param partition how they are spread
    /// @param m subspaces
    /// @param bits of a subspace
    /// @param sample B
    /// @param quota q
    /// @param fanout F
    /// @param centroids that a node contributes; 0 = vectors
    /// @param poisoned nodes that contribute noise
    public record Setup(
            String algorithm,
            int nodes,
            int vectors,
            int dimensions,
            String partition,
            int m,
            int bits,
            int sample,
            int quota,
            int fanout,
            int centroids,
            int poisoned) {}

    /// How the nodes came to a codebook.
    ///
    /// @param rounds until all nodes had the same one; null if they did not
    /// @param frozenRounds until it was final on all; null if that was not waited for
    /// @param joinRounds that the late nodes took to have it; null if there were none
    /// @param epoch of the first node
    /// @param identical whether all nodes have the same
    /// @param codebooks how many different ones there are
    /// @param agreement share of the queries that two nodes encode alike, over all pairs of nodes
    /// @param megabytesPerNode sent until then, frames and headers included
    /// @param messagesPerNode sent until then
    /// @param sampleItems items in the sample of a subspace
    /// @param uselessShare of the items received
    public record Course(
            Integer rounds,
            Integer frozenRounds,
            Integer joinRounds,
            int epoch,
            boolean identical,
            int codebooks,
            Double agreement,
            double megabytesPerNode,
            double messagesPerNode,
            int sampleItems,
            double uselessShare) {}

    /// What the codebook is worth on vectors that nobody learned from.
    ///
    /// @param ratioMean quantization error by that of central training, mean over subspaces
    /// @param ratioMax the largest of a subspace
    /// @param recallAt10 true neighbours among the 10 nearest by codes
    /// @param centralRecallAt10 the same with the codebook of central training
    public record Quality(
            Double ratioMean, Double ratioMax, Double recallAt10, Double centralRecallAt10) {}

    @Override
    public String table() {
        return new TextTable()
                .heading("setup")
                .row("algorithm", setup.algorithm)
                .row("nodes", setup.nodes)
                .row("vectors", setup.vectors)
                .row("dimensions", setup.dimensions)
                .row("partition", setup.partition)
                .row("M, bits", setup.m + ", " + setup.bits)
                .row("sample, quota", setup.sample + ", " + setup.quota)
                .row("exchanges in a round", setup.fanout)
                .row("local centroids", setup.centroids)
                .row("poisoned nodes", setup.poisoned)
                .row("seed", Long.toString(seed))
                .heading("course")
                .row("all have the same after", course.rounds, " rounds")
                .row("final after", course.frozenRounds, " rounds")
                .row("late nodes have it after", course.joinRounds, " rounds")
                .row("epoch", course.epoch)
                .row("different codebooks", course.codebooks)
                .row("encoded alike by two nodes", course.agreement)
                .row("sent by a node", course.megabytesPerNode, " MB")
                .row("messages of a node", course.messagesPerNode)
                .row("items in a sample", course.sampleItems)
                .row("useless items", course.uselessShare)
                .heading("quality")
                .row("error / central, mean", quality.ratioMean)
                .row("error / central, largest", quality.ratioMax)
                .row("recall@10 by codes", quality.recallAt10)
                .row("central training", quality.centralRecallAt10)
                .row("codebook", codebookId == null ? "-" : codebookId)
                .row("total", wallSeconds, " s")
                .toString();
    }
}
