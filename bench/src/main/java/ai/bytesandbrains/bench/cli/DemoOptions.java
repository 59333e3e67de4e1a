package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.Partition;
import ai.bytesandbrains.bench.data.WordNetMini;
import ai.bytesandbrains.engine.search.SearchParameters;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// The options of `bb demo`, as a mixin. [#validate()] must be called before the values are used.
public final class DemoOptions {
    private static final int MIN_PEERS = 2;
    private static final int MAX_PEERS = 64;
    private static final int MAX_QUERIES = 200;
    private static final int MAX_ROUNDS = 1_000;
    private static final int MAX_K = 100;
    private static final int MAX_DEADLINE_MS = 600_000;
    private static final int ALL = -1;
    private static final int FEW = -2;

    /// What the peers talk over.
    public enum Transport {
        /// Aeron IPC: shared memory.
        IPC,
        /// Aeron UDP on the loopback interface.
        UDP
    }

    @Option(
            names = "--transport",
            paramLabel = "ipc|udp",
            defaultValue = "ipc",
            converter = LowerCase.OfTransport.class,
            description = "What the peers talk over (default: ipc).")
    private Transport transport;

    @Option(
            names = "--peers",
            paramLabel = "N",
            defaultValue = "16",
            description = "Number of peers, 2 to 64 (default: 16).")
    private int peers;

    @Option(
            names = "--partition",
            paramLabel = "iid|bytopic|dirichlet|powerlaw|niche",
            defaultValue = "iid",
            converter = LowerCase.OfPartition.class,
            description = "How the data is spread over the peers (default: iid).")
    private Partition partition;

    @Option(
            names = "--ask-peers",
            paramLabel = "N|few|all",
            defaultValue = "few",
            converter = AskPeers.class,
            description =
                    "How many other peers a query asks; few: as many as probably have nine tenths"
                        + " of what is near, all where data is spread at random (default: few).")
    private int askPeers;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of identities, partition and victims (default: 42).")
    private long seed;

    @Option(
            names = "--k",
            paramLabel = "N",
            defaultValue = "10",
            description = "Neighbours per query, 1 to 100 (default: 10).")
    private int k;

    @Option(
            names = "--queries",
            paramLabel = "N",
            defaultValue = "200",
            description = "Queries to ask, 1 to 200 (default: 200).")
    private int queries;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each query is asked, for the times (default: 5).")
    private int rounds;

    @Option(
            names = "--show",
            paramLabel = "N",
            defaultValue = "3",
            description = "Queries printed with what they found (default: 3).")
    private int show;

    @Option(
            names = "--kill",
            paramLabel = "N",
            defaultValue = "0",
            description = "Peers killed in the middle of the run (default: 0).")
    private int kill;

    @Option(
            names = "--pause",
            paramLabel = "N",
            defaultValue = "0",
            description = "Peers paused in the middle of the run (default: 0).")
    private int pause;

    @Option(
            names = "--deadline-ms",
            paramLabel = "N",
            defaultValue = "2000",
            description = "How long a query waits for its peers (default: 2000).")
    private int deadlineMs;

    @Option(
            names = "--no-codes",
            description = "Keep vectors: no codebook is learned (default: it is).")
    private boolean noCodes;

    /// Made by picocli, which fills the fields.
    public DemoOptions() {}

    /// Checks every value and the combinations.
    ///
    /// @throws UsageException with the option, its value and what is allowed, on one line
    public void validate() {
        Ranges.check("--peers", peers, MIN_PEERS, MAX_PEERS);
        Ranges.check("--k", k, 1, MAX_K);
        Ranges.check("--queries", queries, 1, MAX_QUERIES);
        Ranges.check("--rounds", rounds, 1, MAX_ROUNDS);
        Ranges.check("--show", show, 0, MAX_QUERIES);
        Ranges.check("--kill", kill, 0, MAX_PEERS);
        Ranges.check("--pause", pause, 0, MAX_PEERS);
        Ranges.check("--deadline-ms", deadlineMs, 1, MAX_DEADLINE_MS);
        if (kill + pause >= peers) {
            throw new UsageException(
                    "--kill %d and --pause %d leave none of --peers %d; together they must be fewer"
                            .formatted(kill, pause, peers));
        }
        if (askPeers > peers - 1) {
            throw new UsageException(
                    "--ask-peers %d, but with --peers %d there are only %d others (or say few or all)"
                            .formatted(askPeers, peers, peers - 1));
        }
        try {
            WordNetMini.requireComputable(partition, peers);
        } catch (final IllegalArgumentException e) {
            throw new UsageException("--partition, --peers: " + e.getMessage(), e);
        }
    }

    /// What the peers talk over.
    ///
    /// @return the transport
    public Transport transport() {
        return transport;
    }

    /// The number of peers, the asking one included.
    ///
    /// @return 2 to 64
    public int peers() {
        return peers;
    }

    /// How the data is spread over the peers.
    ///
    /// @return the partition; it exists for [#peers()]
    public Partition partition() {
        return partition;
    }

    /// The most other peers that a query asks.
    ///
    /// @return 1 to `peers() - 1`, which is also what `few` and `all` say
    public int askPeers() {
        return askPeers < 0 ? peers - 1 : askPeers;
    }

    /// What a search is told about the number of peers.
    ///
    /// @return a number of peers, or what search parameters have for few and for all
    public int wantedPeers() {
        return switch (askPeers) {
            case ALL -> SearchParameters.ALL;
            case FEW -> SearchParameters.FEW;
            default -> askPeers;
        };
    }

    /// The seed of the peers' identities, of computed partitions and of who is killed or paused.
    /// The nodes' own chance is cryptographic.
    ///
    /// @return any number
    public long seed() {
        return seed;
    }

    /// The neighbours that a query asks for.
    ///
    /// @return 1 to 100
    public int k() {
        return k;
    }

    /// The number of queries to ask.
    ///
    /// @return 1 to 200
    public int queries() {
        return queries;
    }

    /// How often each query is asked.
    ///
    /// @return 1 to 1,000
    public int rounds() {
        return rounds;
    }

    /// The number of queries to print with what they found.
    ///
    /// @return 0 to [#queries()]
    public int show() {
        return Math.min(show, queries);
    }

    /// The number of peers to kill in the middle of the run.
    ///
    /// @return 0 or more; with [#pause()] fewer than [#peers()]
    public int kill() {
        return kill;
    }

    /// The number of peers to pause in the middle of the run.
    ///
    /// @return 0 or more
    public int pause() {
        return pause;
    }

    /// Whether the peers learn a codebook and go over to codes.
    ///
    /// @return false for `--no-codes`
    public boolean codes() {
        return !noCodes;
    }

    /// How long a query waits for its peers.
    ///
    /// @return milliseconds, 1 to 600,000
    public int deadlineMs() {
        return deadlineMs;
    }

    /// Converts `N|few|all`.
    static final class AskPeers implements ITypeConverter<Integer> {
        @Override
        public Integer convert(final String text) {
            if ("all".equalsIgnoreCase(text)) {
                return ALL;
            }
            if ("few".equalsIgnoreCase(text)) {
                return FEW;
            }
            try {
                final int number = Integer.parseInt(text);
                if (number >= 1) {
                    return number;
                }
            } catch (final NumberFormatException _) {
                // Reported below, with the same words as a number below 1.
            }
            throw new TypeConversionException(
                    "'%s' is neither a number from 1 nor few nor all".formatted(text));
        }
    }
}
