package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.engine.semantic.SemanticConfig;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The options of `bb federated`, as a mixin. [#validate()] must be called before the values are
/// used.
public final class FederatedOptions {
    private static final int MAX_PERIODS = 100_000;
    private static final int MAX_IPC_PEERS = 64;
    private static final int MAX_ASKED = 256;

    @Option(
            names = "--base",
            paramLabel = "FILE",
            description =
                    "The rows: fvecs, bvecs, fbin, u8bin, i8bin, npy or IDX, .gz allowed (default:"
                            + " the bundled ones, over 16 nodes).")
    private Path base;

    @Option(names = "--query", paramLabel = "FILE", description = "The queries, with --base.")
    private Path query;

    @Option(
            names = "--truth",
            paramLabel = "FILE",
            description = "The nearest rows of each query, ivecs, with --base.")
    private Path truth;

    @Option(
            names = "--nodes-of",
            paramLabel = "FILE",
            description =
                    "The node of each row, tsv with a header, .gz allowed, with --base: the column"
                            + " that --partition names.")
    private Path nodesOf;

    @Option(
            names = "--partition",
            paramLabel = "NAME",
            defaultValue = "niche",
            description =
                    "How rows are spread: iid, bytopic, dirichlet, powerlaw or niche, or a column"
                            + " of --nodes-of (default: ${DEFAULT-VALUE}).")
    private String partition;

    @Option(
            names = "--ask",
            paramLabel = "N|few",
            split = ",",
            defaultValue = "1,3,5,6,10,few",
            description = "How many peers are asked, one run each (default: ${DEFAULT-VALUE}).")
    private List<String> ask;

    @Option(
            names = "--ipc",
            paramLabel = "N",
            description =
                    "How long a search takes instead: N peers on threads of their own over shared"
                        + " memory, the rows dealt out in turn; --ask all asks every other one.")
    private Integer ipc;

    @Option(
            names = "--rules",
            description =
                    "How good several rules of choosing peers are instead, if all profiles are"
                            + " known; the second half of the queries is asked.")
    private boolean rules;

    @Option(
            names = "--periods",
            paramLabel = "N",
            defaultValue = "100",
            description = "Gossip periods before the first question (default: ${DEFAULT-VALUE}).")
    private int periods;

    @Option(
            names = "--profiles",
            paramLabel = "N",
            defaultValue = "8",
            description = "The most profiles of a node, 1 to 8 (default: ${DEFAULT-VALUE}).")
    private int profiles;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "2147483647",
            description = "Ask the first N queries only (default: all).")
    private int limit;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of identities and first acquaintances (default: ${DEFAULT-VALUE}).")
    private long seed;

    /// Made by picocli, which fills the fields.
    public FederatedOptions() {}

    /// Checks every value and the combinations.
    ///
    /// @throws UsageException with the option, its value and what is allowed, on one line
    void validate() {
        Ranges.check("--periods", periods, 1, MAX_PERIODS);
        Ranges.check("--profiles", profiles, 1, SemanticConfig.MAX_PROFILES);
        Ranges.check("--limit", limit, 1, Integer.MAX_VALUE);
        final long files = Stream.of(base, query, truth, nodesOf).filter(f -> f != null).count();
        if (ipc != null) {
            Ranges.check("--ipc", ipc, 2, MAX_IPC_PEERS);
        }
        if (rules && (ipc != null || ask.stream().anyMatch(FederatedOptions::isFew))) {
            throw new UsageException("--rules: goes without --ipc, and with numbers for --ask");
        }
        final int expected = ipc == null ? 4 : 3;
        if (files != 0 && (files != expected || (ipc != null && nodesOf != null))) {
            throw new UsageException(
                    ipc == null
                            ? "--base, --query, --truth and --nodes-of go together, all or none"
                            : "--base, --query and --truth go together with --ipc, all or none");
        }
        for (final String asked : ask) {
            if (!isFew(asked) && (ipc == null || !isAll(asked))) {
                Ranges.check("--ask", number(asked), 1, MAX_ASKED);
            }
        }
    }

    boolean rules() {
        return rules;
    }

    static boolean isAll(final String asked) {
        return asked.equals("all");
    }

    static boolean isFew(final String asked) {
        return asked.equals("few");
    }

    static int number(final String asked) {
        try {
            return Integer.parseInt(asked);
        } catch (final NumberFormatException e) {
            throw new UsageException("--ask " + asked + ": neither a number nor few", e);
        }
    }

    /// {@return how many peers are timed over shared memory; null for none}
    Integer ipc() {
        return ipc;
    }

    Path base() {
        return base;
    }

    Path query() {
        return query;
    }

    Path truth() {
        return truth;
    }

    Path nodesOf() {
        return nodesOf;
    }

    String partition() {
        return partition;
    }

    List<String> ask() {
        return ask;
    }

    int periods() {
        return periods;
    }

    int profiles() {
        return profiles;
    }

    int limit() {
        return limit;
    }

    long seed() {
        return seed;
    }
}
