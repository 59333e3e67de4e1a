package ai.bytesandbrains.bench.data;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The bundled data set: 5,000 WordNet 3.0 synsets and 200 other ones as queries, embedded with
/// all-MiniLM-L6-v2 (384 dimensions), with exact neighbours and partitions over 16 nodes. The
/// folder's README and licence texts are in the jar beside the data.
///
/// Immutable, safe to share between threads. All of it (about 8 MB) is on the heap. The arrays that
/// accessors return are copies unless their javadoc says otherwise.
public final class WordNetMini {
    /// The number of nodes that the bundled partitions are made for.
    public static final int BUNDLED_NODES = 16;

    private static final String FOLDER = "/ai/bytesandbrains/bench/wordnet-mini/";
    private static final int ROWS = 5_000;
    private static final int QUERIES = 200;
    private static final int TRUTH_COLUMNS = 100;
    private static final int TOPICS = 45;

    private final Vectors base;
    private final Vectors queries;
    private final List<String> texts;
    private final List<String> queryTexts;
    private final List<String> topicNames;
    private final int[] topicOf;
    private final int[][] groundTruth;
    private final Map<Partition, int[]> bundledNodeOf;

    private WordNetMini() throws IOException {
        base = I8Bin.normalised("wordnet.base.5k.i8bin", bytes("wordnet.base.5k.i8bin"));
        queries = I8Bin.normalised("wordnet.query.200.i8bin", bytes("wordnet.query.200.i8bin"));
        requireShape("wordnet.base.5k.i8bin", base, ROWS, queries.dimensions());
        requireShape("wordnet.query.200.i8bin", queries, QUERIES, base.dimensions());
        topicNames = readTopicNames();
        topicOf = readTopics();
        texts = readTexts("wordnet.texts.tsv.gz", ROWS);
        queryTexts = readTexts("wordnet.query_texts.tsv.gz", QUERIES);
        groundTruth = readGroundTruth();
        bundledNodeOf = readPartitions();
    }

    /// Reads and checks the bundled files (a few hundred milliseconds).
    ///
    /// @return the data set
    /// @throws MalformedFileException if a bundled file is damaged or missing
    /// @throws IOException if the jar cannot be read
    public static WordNetMini load() throws IOException {
        return new WordNetMini();
    }

    /// The base vectors.
    ///
    /// @return 5,000 rows of 384 floats, each of unit length
    public Vectors base() {
        return base;
    }

    /// The query vectors.
    ///
    /// @return 200 rows of 384 floats, each of unit length
    public Vectors queries() {
        return queries;
    }

    /// The text of each base row.
    ///
    /// @return `lemma, lemma: gloss`; unmodifiable
    public List<String> texts() {
        return texts;
    }

    /// The text of each query row.
    ///
    /// @return `lemma, lemma: gloss`; unmodifiable
    public List<String> queryTexts() {
        return queryTexts;
    }

    /// The names of the topics, which are WordNet's lexicographer files.
    ///
    /// @return 45 names such as `noun.animal`; unmodifiable
    public List<String> topicNames() {
        return topicNames;
    }

    /// The topic of a base row.
    ///
    /// @param row 0-based base row
    /// @return index into [#topicNames()]
    public int topicOf(final int row) {
        return topicOf[row];
    }

    /// The exact nearest neighbours of each query by cosine, ties by smaller row.
    ///
    /// @return `[200][100]` base rows, nearest first
    public int[][] groundTruth() {
        final int[][] copy = new int[groundTruth.length][];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = groundTruth[i].clone();
        }
        return copy;
    }

    /// The node of each base row when 16 nodes share the set, as the bundled file says.
    ///
    /// @param partition how the rows are spread
    /// @return `[5000]` nodes 0 to 15
    public int[] nodeOf(final Partition partition) {
        return bundledNodeOf.get(partition).clone();
    }

    /// The node of each base row for any number of nodes: from the bundled file for 16, computed
    /// otherwise.
    ///
    /// @param partition how the rows are spread; niche comes with the file only
    /// @param nodes number of nodes, 1 to 5,000
    /// @param seed seed of the random choices; without effect for 16 nodes
    /// @return `[5000]` nodes 0 to `nodes - 1`, each with at least one row
    /// @throws IllegalArgumentException if the partition does not exist for that number of nodes
    public int[] nodeOf(final Partition partition, final int nodes, final long seed) {
        if (nodes == BUNDLED_NODES) {
            return nodeOf(partition);
        }
        requireComputable(partition, nodes);
        return Partitions.compute(partition, nodes, topicOf, seed);
    }

    /// Refuses a number of nodes that a partition of this set does not exist for, before any data
    /// is read.
    ///
    /// @param partition how the rows are spread
    /// @param nodes number of nodes
    /// @throws IllegalArgumentException with both values and the numbers that work
    public static void requireComputable(final Partition partition, final int nodes) {
        if (nodes < 1 || nodes > ROWS) {
            throw new IllegalArgumentException(
                    "nodes=%d, %d rows can be spread over 1 to %d nodes"
                            .formatted(nodes, ROWS, ROWS));
        }
        if (partition == Partition.NICHE && nodes != BUNDLED_NODES) {
            throw new IllegalArgumentException(
                    "partition=niche nodes=%d, but niche exists for %d nodes only (%s work for any)"
                            .formatted(nodes, BUNDLED_NODES, "iid, bytopic, dirichlet, powerlaw"));
        }
    }

    private static void requireShape(
            final String name, final Vectors vectors, final int rows, final int dimensions)
            throws MalformedFileException {
        if (vectors.rows() != rows || vectors.dimensions() != dimensions) {
            throw new MalformedFileException(
                    name,
                    "n=%d d=%d, expected are n=%d d=%d"
                            .formatted(vectors.rows(), vectors.dimensions(), rows, dimensions));
        }
    }

    private static List<String> readTopicNames() throws IOException {
        final String name = "wordnet.topics.tsv";
        try (InputStream in = open(name)) {
            return Tsv.readPairs(name, in, TOPICS).stream().map(cells -> cells[1]).toList();
        }
    }

    private static int[] readTopics() throws IOException {
        final String name = "wordnet.base_topics.u8";
        final byte[] bytes = allBytes(name);
        if (bytes.length != ROWS) {
            throw new MalformedFileException(
                    name, "%d bytes, expected are %d".formatted(bytes.length, ROWS));
        }
        final int[] topics = new int[ROWS];
        for (int row = 0; row < ROWS; row++) {
            topics[row] = bytes[row] & 0xff;
            if (topics[row] >= TOPICS) {
                throw new MalformedFileException(
                        name,
                        "row %d: topic %d is not in 0..%d".formatted(row, topics[row], TOPICS - 1));
            }
        }
        return topics;
    }

    private static List<String> readTexts(final String name, final int rows) throws IOException {
        try (InputStream in = open(name)) {
            return Tsv.read(name, in, rows, "row", "synset", "topic", "text").stream()
                    .map(cells -> cells[3])
                    .toList();
        }
    }

    private static int[][] readGroundTruth() throws IOException {
        final String name = "wordnet.gt_k100.ivecs";
        final int[][] truth = IVecs.parse(name, bytes(name));
        if (truth.length != QUERIES || truth[0].length != TRUTH_COLUMNS) {
            throw new MalformedFileException(
                    name,
                    "%d x %d ids, expected are %d x %d"
                            .formatted(truth.length, truth[0].length, QUERIES, TRUTH_COLUMNS));
        }
        for (int row = 0; row < truth.length; row++) {
            for (final int id : truth[row]) {
                if (id < 0 || id >= ROWS) {
                    throw new MalformedFileException(
                            name, "row %d: id %d is not in 0..%d".formatted(row, id, ROWS - 1));
                }
            }
        }
        return truth;
    }

    private static Map<Partition, int[]> readPartitions() throws IOException {
        final String name = "wordnet.partition16.tsv";
        final List<String> header = new ArrayList<>(List.of("row", "topic"));
        for (final Partition partition : Partition.values()) {
            header.add(partition.name().toLowerCase(Locale.ROOT));
        }
        final List<String[]> table;
        try (InputStream in = open(name)) {
            table = Tsv.read(name, in, ROWS, header.toArray(String[]::new));
        }
        final Map<Partition, int[]> nodeOf = new EnumMap<>(Partition.class);
        for (final Partition partition : Partition.values()) {
            final int column = header.indexOf(partition.name().toLowerCase(Locale.ROOT));
            final int[] nodes = new int[ROWS];
            for (int row = 0; row < ROWS; row++) {
                nodes[row] = Tsv.index(name, row, table.get(row)[column], BUNDLED_NODES);
            }
            nodeOf.put(partition, nodes);
        }
        return nodeOf;
    }

    private static MemorySegment bytes(final String name) throws IOException {
        return MemorySegment.ofArray(allBytes(name));
    }

    private static byte[] allBytes(final String name) throws IOException {
        try (InputStream in = open(name)) {
            return in.readAllBytes();
        }
    }

    private static InputStream open(final String name) throws MalformedFileException {
        final InputStream in = WordNetMini.class.getResourceAsStream(FOLDER + name);
        if (in == null) {
            throw new MalformedFileException(name, "missing in the jar");
        }
        return in;
    }
}
