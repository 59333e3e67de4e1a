package ai.bytesandbrains.engine.store;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.CodebookFormat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Codebooks in files, in the layout of [CodebookFormat].
public final class CodebookFile {
    private CodebookFile() {}

    /// Saves a codebook: whoever looks sees the file as it was before, or the whole new one.
    ///
    /// @param codebook the codebook
    /// @param file where to; replaced if it is there
    /// @throws IOException if it can not be written
    public static void save(Codebook codebook, Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path unfinished = Files.createTempFile(absolute.getParent(), "codebook", ".unfinished");
        try {
            write(codebook, unfinished);
            Files.move(
                    unfinished,
                    absolute,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void write(Codebook codebook, Path file) throws IOException {
        long bytes = CodebookFormat.bytes(codebook);
        try (Arena arena = Arena.ofConfined();
                FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
            CodebookFormat.write(codebook, mapped, 0);
            mapped.force();
            channel.force(true);
        }
    }

    /// {@return the codebook in a file}
    ///
    /// @param file the file, which nobody writes meanwhile
    /// @throws IOException if it can not be read
    /// @throws IllegalArgumentException if it is damaged, truncated, of a newer version or not a
    ///     codebook at all; the message names the file and says which
    public static Codebook load(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size == 0) {
                throw new IllegalArgumentException("not a usable codebook: empty");
            }
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            return CodebookFormat.read(mapped, 0, size);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }
}
