package ai.bytesandbrains.bench.data;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Reads tab-separated tables in UTF-8, plain or gzipped, without quoting: a fixed number of
/// columns, a known number of rows, and the 0-based row number in the first column.
final class Tsv {
    private Tsv() {}

    /// Reads a table whose first line is a header.
    ///
    /// @param name the file's name for messages; `.gz` at its end means gzipped
    /// @param in the bytes of the file; read to their end, not closed
    /// @param rows how many rows must follow; a longer file is refused before it is read on
    /// @param header the column names that the first line must have
    /// @return the cells, `[rows][columns]`
    static List<String[]> read(
            final String name, final InputStream in, final int rows, final String... header)
            throws IOException {
        try {
            final BufferedReader reader = open(name, in);
            final String expected = String.join("\t", header);
            final String first = reader.readLine();
            if (!expected.equals(first)) {
                throw new MalformedFileException(
                        name,
                        "the first line is not the header \"%s\""
                                .formatted(expected.replace('\t', ' ')));
            }
            return rows(name, reader, rows, header.length);
        } catch (final CharacterCodingException e) {
            throw new MalformedFileException(name, "not UTF-8", e);
        } catch (final EOFException | ZipException e) {
            throw new MalformedFileException(name, "damaged or truncated gzip", e);
        }
    }

    /// Reads a table that has no header: row number and one value.
    static List<String[]> readPairs(final String name, final InputStream in, final int rows)
            throws IOException {
        try {
            return rows(name, open(name, in), rows, 2);
        } catch (final CharacterCodingException e) {
            throw new MalformedFileException(name, "not UTF-8", e);
        }
    }

    /// Parses a number from 0 to `limit - 1`.
    static int index(final String name, final int row, final String cell, final int limit)
            throws MalformedFileException {
        int value;
        try {
            value = Integer.parseInt(cell);
        } catch (final NumberFormatException e) {
            throw new MalformedFileException(
                    name, "row %d: \"%s\" is not a number".formatted(row, cell), e);
        }
        if (value < 0 || value >= limit) {
            throw new MalformedFileException(
                    name, "row %d: %d is not in 0..%d".formatted(row, value, limit - 1));
        }
        return value;
    }

    private static BufferedReader open(final String name, final InputStream in) throws IOException {
        final InputStream bytes = name.endsWith(".gz") ? new GZIPInputStream(in) : in;
        // A decoder, not a Charset: it reports malformed input instead of replacing it.
        return new BufferedReader(
                new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()));
    }

    private static List<String[]> rows(
            final String name, final BufferedReader reader, final int rows, final int columns)
            throws IOException {
        final List<String[]> table = new ArrayList<>(rows);
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            final int row = table.size();
            if (row == rows) {
                throw new MalformedFileException(
                        name, "more than the expected %d rows".formatted(rows));
            }
            final String[] cells = line.split("\t", -1);
            if (cells.length != columns) {
                throw new MalformedFileException(
                        name,
                        "row %d has %d columns, expected are %d"
                                .formatted(row, cells.length, columns));
            }
            if (!cells[0].equals(Integer.toString(row))) {
                throw new MalformedFileException(
                        name, "row %d is numbered \"%s\"".formatted(row, cells[0]));
            }
            table.add(cells);
        }
        if (table.size() != rows) {
            throw new MalformedFileException(
                    name, "%d rows, expected are %d".formatted(table.size(), rows));
        }
        return table;
    }
}
