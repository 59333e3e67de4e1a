package ai.bytesandbrains.bench.cli;

/// What the peers of one `bb demo` learned together, and what came of it.
///
/// @param codebooksIdentical every peer that runs ended with the same codebook
/// @param codebookId its id, if it is one
/// @param codebookRounds rounds of the protocol until the last peer had it
/// @param learningSeconds until all peers had gone over from vectors to codes
/// @param learningMegabytes what the protocol sent, all peers together
/// @param vectorsMegabytes what all vectors are, as floats
/// @param recallAt10Codes share of the true 10 nearest that were found with codes and a second look
///     at rows
/// @param bytesPerVectorBefore bytes that a peer keeps for each vector without codes
/// @param codeBytesPerVector bytes of a code
/// @param bytesPerVector bytes that a peer keeps for each vector at the end: code and row
public record DemoCodebook(
        Boolean codebooksIdentical,
        String codebookId,
        Integer codebookRounds,
        Double learningSeconds,
        Double learningMegabytes,
        Double vectorsMegabytes,
        Double recallAt10Codes,
        Double bytesPerVectorBefore,
        Double codeBytesPerVector,
        Double bytesPerVector) {
    /// Nothing measured.
    public static final DemoCodebook ABSENT =
            new DemoCodebook(null, null, null, null, null, null, null, null, null, null);

    /// Vectors, and no codes.
    ///
    /// @param bytes of a vector
    /// @return the report of a run in which nothing was learned
    static DemoCodebook ofVectors(final double bytes) {
        return new DemoCodebook(null, null, null, null, null, null, null, bytes, null, bytes);
    }

    TextTable addTo(final TextTable table) {
        return table.heading("codebook")
                .row("codebooks identical", codebooksIdentical)
                .row("codebook", codebookId)
                .row("codebook rounds", codebookRounds)
                .row("learned after", learningSeconds, " s")
                .row("sent for it, all peers", learningMegabytes, " MB")
                .row("all vectors are", vectorsMegabytes, " MB")
                .row("recall@10 with codes", recallAt10Codes)
                .heading("memory")
                .row("bytes per vector before", bytesPerVectorBefore)
                .row("bytes per code", codeBytesPerVector)
                .row("bytes per vector", bytesPerVector);
    }
}
