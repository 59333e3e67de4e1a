package ai.bytesandbrains.bench.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What the readers share: a file's bytes as a segment, valid while it is read.
final class DataFiles {
    /// The longest array that every JVM can allocate.
    static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private DataFiles() {}

    /// Turns the bytes of a file into a result that does not refer to them.
    @FunctionalInterface
    interface Parser<T> {
        T parse(MemorySegment file) throws IOException;
    }

    /// Maps the file for the time of the call.
    static <T> T withMapped(final Path file, final Parser<T> parser) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (!Files.isRegularFile(file)) {
            throw new MalformedFileException(file.toString(), "not a regular file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            return parser.parse(channel.map(MapMode.READ_ONLY, 0, channel.size(), arena));
        }
    }
}
