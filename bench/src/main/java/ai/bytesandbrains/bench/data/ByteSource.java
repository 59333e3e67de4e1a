package ai.bytesandbrains.bench.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// The bytes of a file from its beginning, inflated if its name ends with `.gz`.
///
/// How many bytes there are is known before the first one is read, so that a header can be checked
/// against it before any memory is taken. For a gzipped file that means that it is inflated twice;
/// its checksum is checked by the first time.
///
/// For one thread.
final class ByteSource implements AutoCloseable {
    private static final String GZIP = ".gz";
    private static final int BUFFER = 1 << 18;

    private final String name;
    private final long length;
    private final InputStream in;

    private long position;

    private ByteSource(final String name, final long length, final InputStream in) {
        this.name = name;
        this.length = length;
        this.in = in;
    }

    /// Opens a file.
    ///
    /// @throws NoSuchFileException if there is none
    /// @throws MalformedFileException if it is not a regular file, or a damaged gzip file
    static ByteSource open(final Path file) throws IOException {
        final String name = file.toString();
        if (!Files.exists(file)) {
            throw new NoSuchFileException(name);
        }
        if (!Files.isRegularFile(file)) {
            throw new MalformedFileException(name, "not a regular file");
        }
        final long length = isGzip(name) ? inflatedLength(file) : Files.size(file);
        return new ByteSource(name, length, stream(file));
    }

    /// The name of what is inside: without `.gz`.
    static String plainName(final String name) {
        return isGzip(name) ? name.substring(0, name.length() - GZIP.length()) : name;
    }

    private static boolean isGzip(final String name) {
        return name.endsWith(GZIP);
    }

    private static InputStream stream(final Path file) throws IOException {
        final InputStream plain = Files.newInputStream(file);
        try {
            return new BufferedInputStream(
                    isGzip(file.toString()) ? new GZIPInputStream(plain, BUFFER) : plain, BUFFER);
        } catch (final ZipException | EOFException e) {
            plain.close();
            throw damaged(file.toString(), e);
        }
    }

    private static long inflatedLength(final Path file) throws IOException {
        final byte[] buffer = new byte[BUFFER];
        long length = 0;
        try (InputStream in = stream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                length += read;
            }
        } catch (final ZipException | EOFException e) {
            throw damaged(file.toString(), e);
        }
        return length;
    }

    private static MalformedFileException damaged(final String name, final IOException e) {
        return new MalformedFileException(
                name, "not a whole gzip file (%s)".formatted(e.getMessage()), e);
    }

    /// The file's name for messages.
    String name() {
        return name;
    }

    /// Number of bytes from the first to the last.
    long length() {
        return length;
    }

    /// Number of bytes not read yet.
    long remaining() {
        return length - position;
    }

    /// Reads the next `count` bytes into the beginning of a buffer.
    ///
    /// @throws MalformedFileException if there are fewer
    void read(final byte[] buffer, final int count) throws IOException {
        if (count > remaining() || in.readNBytes(buffer, 0, count) != count) {
            throw new MalformedFileException(
                    name,
                    "%d bytes, but at byte %d come %d more"
                            .formatted(length, position, (long) count));
        }
        position += count;
    }

    /// The next `count` bytes; allocates them.
    byte[] read(final int count) throws IOException {
        // A hostile length must not become memory.
        final byte[] buffer = new byte[(int) Math.min(count, Math.max(0, remaining()))];
        if (buffer.length < count) {
            throw new MalformedFileException(
                    name,
                    "%d bytes, but at byte %d come %d more".formatted(length, position, count));
        }
        read(buffer, count);
        return buffer;
    }

    /// The int at the current position, which stays where it is.
    ///
    /// @throws MalformedFileException if fewer than 4 bytes are left
    int peekInt(final ValueLayout.OfInt layout) throws IOException {
        in.mark(Integer.BYTES);
        final int value = MemorySegment.ofArray(read(Integer.BYTES)).get(layout, 0);
        in.reset();
        position -= Integer.BYTES;
        return value;
    }

    MalformedFileException malformed(final String problem) {
        return new MalformedFileException(name, problem);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
