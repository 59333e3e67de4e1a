package ai.bytesandbrains.bench.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where the media driver's files go: `bb-aeron-<pid>-<suffix>` in shared memory, or among the
/// temporary files where the system has no /dev/shm.
final class AeronDirectories {
    static final String PREFIX = "bb-aeron-";

    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{1,18})-.*");

    private AeronDirectories() {}

    /// The folder that a driver's directory is made in.
    static Path parent(final Path shm, final Path temporary) {
        return Files.isDirectory(shm) ? shm : temporary;
    }

    /// Directories of processes that are not alive: a killed process cannot clean up.
    static List<Path> leftovers(final Path folder) throws IOException {
        if (!Files.isDirectory(folder) || !Files.isReadable(folder)) {
            return List.of();
        }
        final List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, PREFIX + "*")) {
            for (final Path entry : entries) {
                final Matcher name = NAME.matcher(entry.getFileName().toString());
                if (name.matches() && !isAlive(Long.parseLong(name.group(1)))) {
                    found.add(entry);
                }
            }
        }
        Collections.sort(found);
        return found;
    }

    private static boolean isAlive(final long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
