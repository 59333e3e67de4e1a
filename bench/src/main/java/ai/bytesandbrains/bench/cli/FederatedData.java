package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.IVecs;
import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.Partition;
import ai.bytesandbrains.bench.data.VectorFiles;
import ai.bytesandbrains.bench.data.WordNetMini;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/// Rows, who has them, queries and what is nearest to them.
final class FederatedData {
    private static final int BUNDLED_NODES = 16;

    private final int dimensions;
    private final MemorySegment rows;
    private final int[] nodeOf;
    private final int nodes;
    private final float[][] queries;
    private final int[][] truth;

    private FederatedData(
            final int dimensions,
            final MemorySegment rows,
            final int[] nodeOf,
            final int nodes,
            final float[][] queries,
            final int[][] truth) {
        this.dimensions = dimensions;
        this.rows = rows;
        this.nodeOf = nodeOf;
        this.nodes = nodes;
        this.queries = queries;
        this.truth = truth;
    }

    int dimensions() {
        return dimensions;
    }

    MemorySegment rows() {
        return rows;
    }

    int[] nodeOf() {
        return nodeOf;
    }

    int nodes() {
        return nodes;
    }

    float[][] queries() {
        return queries;
    }

    int[][] truth() {
        return truth;
    }

    /// Reads what the options name.
    ///
    /// @throws IOException if a file cannot be read
    /// @throws UsageException if the files do not fit together
    static FederatedData load(final FederatedOptions options) throws IOException {
        return options.base() == null ? bundled(options) : read(options);
    }

    private static FederatedData bundled(final FederatedOptions options) throws IOException {
        final WordNetMini data = WordNetMini.load();
        final Partition partition;
        try {
            partition = Partition.valueOf(options.partition().toUpperCase(Locale.ROOT));
        } catch (final IllegalArgumentException e) {
            throw new UsageException(
                    "--partition %s: unknown; known are %s"
                            .formatted(options.partition(), names(Partition.values())),
                    e);
        }
        final float[][] queries = new float[Math.min(options.limit(), data.queries().rows())][];
        for (int i = 0; i < queries.length; i++) {
            queries[i] = data.queries().row(i);
        }
        return new FederatedData(
                data.base().dimensions(),
                data.base().segment(),
                options.ipc() == null
                        ? data.nodeOf(partition)
                        : dealt(data.base().rows(), options.ipc()),
                options.ipc() == null ? BUNDLED_NODES : options.ipc(),
                queries,
                data.groundTruth());
    }

    private static FederatedData read(final FederatedOptions options) throws IOException {
        final int[][] truth = IVecs.read(options.truth());
        try (NativeVectors base = VectorFiles.vectors(options.base(), Integer.MAX_VALUE);
                NativeVectors query = VectorFiles.vectors(options.query(), options.limit())) {
            final int[] nodeOf =
                    options.ipc() == null
                            ? readNodes(options.nodesOf(), options.partition())
                            : dealt(base.rows(), options.ipc());
            if (nodeOf.length != base.rows()
                    || query.dimensions() != base.dimensions()
                    || truth.length < query.rows()) {
                throw new UsageException(
                        "%d rows of %d dimensions, %d nodes of rows, %d queries of %d, %d truths"
                                .formatted(
                                        base.rows(),
                                        base.dimensions(),
                                        nodeOf.length,
                                        query.rows(),
                                        query.dimensions(),
                                        truth.length));
            }
            final float[][] queries = new float[query.rows()][];
            for (int i = 0; i < queries.length; i++) {
                queries[i] = query.row(i);
            }
            final byte[] copy = new byte[Math.toIntExact(base.rows() * base.strideBytes())];
            final MemorySegment rows = MemorySegment.ofArray(copy);
            MemorySegment.copy(base.segment(), 0, rows, 0, copy.length);
            final int nodes = Arrays.stream(nodeOf).max().orElse(0) + 1;
            return new FederatedData(base.dimensions(), rows, nodeOf, nodes, queries, truth);
        }
    }

    private static String names(final Partition[] partitions) {
        return Arrays.stream(partitions).map(LowerCase::name).collect(Collectors.joining(", "));
    }

    /// What a header names behind the number of the row.
    private static String columns(final String header) {
        return header == null || header.indexOf('\t') < 0
                ? "none"
                : header.substring(header.indexOf('\t') + 1).replace("\t", ", ");
    }

    /// Rows dealt out in turn.
    private static int[] dealt(final int rows, final int nodes) {
        return IntStream.range(0, rows).map(row -> row % nodes).toArray();
    }

    private static int[] readNodes(final Path file, final String column) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        file.toString().endsWith(".gz")
                                                ? new GZIPInputStream(in)
                                                : in,
                                        StandardCharsets.UTF_8))) {
            final String header = lines.readLine();
            final int at =
                    header == null ? -1 : Arrays.asList(header.split("\t", -1)).indexOf(column);
            if (at < 0) {
                throw new UsageException(
                        "--partition %s: no such column in --nodes-of %s, which has %s"
                                .formatted(column, file, columns(header)));
            }
            final List<Integer> nodes = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                nodes.add(node(line.split("\t", -1), at, file, nodes.size()));
            }
            return nodes.stream().mapToInt(Integer::intValue).toArray();
        }
    }

    private static int node(final String[] cells, final int at, final Path file, final int row) {
        try {
            final int node = Integer.parseInt(cells[at]);
            if (node >= 0 && node < 10_000) {
                return node;
            }
        } catch (final NumberFormatException | ArrayIndexOutOfBoundsException _) {
            // Reported below, with the same words as a number that cannot be.
        }
        throw new UsageException("--nodes-of %s: row %d names no node".formatted(file, row));
    }
}
