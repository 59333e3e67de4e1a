package ai.bytesandbrains.bench.words;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A file of texts, one a line.
public final class TextLines {
    /// The longest file that is read.
    private static final long MAX_BYTES = 64L << 20;

    private TextLines() {}

    /// Reads the lines that are not blank.
    ///
    /// @param file UTF-8
    /// @param most the most lines
    /// @return at least one, without the spaces around
    /// @throws IOException with the file's name if it cannot be read, is not UTF-8, or has no such
    ///     lines or too many
    public static List<String> read(final Path file, final int most) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + ": no such file");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + ": longer than " + MAX_BYTES + " bytes");
        }
        final List<String> lines = lines(decode(file));
        if (lines.isEmpty()) {
            throw new IOException(file + ": no line has a text");
        }
        if (lines.size() > most) {
            throw new IOException(
                    file + ": " + lines.size() + " lines have a text, at most " + most + " may");
        }
        return lines;
    }

    /// Reads lines to their end, without blank ones.
    ///
    /// @param in stays the caller's
    /// @return the lines, without the spaces around
    /// @throws IOException if they cannot be read
    public static List<String> read(final BufferedReader in) throws IOException {
        final List<String> lines = new ArrayList<>();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (!line.isBlank()) {
                lines.add(line.strip());
            }
        }
        return lines;
    }

    private static String decode(final Path file) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (final CharacterCodingException e) {
            throw new IOException(file + ": not UTF-8", e);
        }
    }

    private static List<String> lines(final String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }
}
