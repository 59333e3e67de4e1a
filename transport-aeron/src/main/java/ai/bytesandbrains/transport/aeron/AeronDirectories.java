package ai.bytesandbrains.transport.aeron;

import io.aeron.CncFileDescriptor;
import io.aeron.CommonContext;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where the files of embedded drivers go: `bb-aeron-<pid>-<suffix>` in shared memory, or among the
/// temporary files where the system has no `/dev/shm` or too little of it.
public final class AeronDirectories {

    private static final Path SHM = Path.of("/dev/shm");
    private static final String PREFIX = "bb-aeron-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{1,18})-.*");
    private static final long HEARTBEAT_TIMEOUT_MS = 10_000;

    private AeronDirectories() {}

    /// {@return the folder for drivers' directories on this machine}
    ///
    /// @param bytes the room that the files of a driver are going to take
    public static Path parent(long bytes) {
        return parent(SHM, Path.of(System.getProperty("java.io.tmpdir")), bytes);
    }

    /// Chooses between shared memory and the temporary files. Shared memory that runs full is worse
    /// than none: the files are sparse, so a driver starts in it all right and is killed by a fault
    /// once its buffers are written to. Containers often have no more than 64 MiB of it.
    ///
    /// @param shm the shared-memory file system; need not exist
    /// @param temporary the folder of temporary files
    /// @param bytes the room that the files of a driver are going to take
    /// @return the folder for drivers' directories
    public static Path parent(Path shm, Path temporary, long bytes) {
        if (!Files.isDirectory(shm) || !Files.isWritable(shm)) {
            return temporary;
        }
        try {
            return Files.getFileStore(shm).getUsableSpace() >= bytes ? shm : temporary;
        } catch (IOException e) {
            // Whoever cannot be asked cannot be relied on.
            return temporary;
        }
    }

    /// {@return a directory for a driver of this process that does not exist yet}
    ///
    /// @param parent the folder it goes in
    public static Path fresh(Path parent) {
        long suffix = ThreadLocalRandom.current().nextLong();
        return parent.resolve(
                PREFIX + ProcessHandle.current().pid() + "-" + Long.toHexString(suffix));
    }

    /// Finds directories of processes that are gone: a killed process cannot clean up. Two
    /// witnesses are asked: the number of a process may mean another one in a container that shares
    /// the folder, and the driver's heartbeat alone may pause with its process. What cannot be told
    /// for certain, such as the files of another version of Aeron, is no left-over; neither is a
    /// symbolic link.
    ///
    /// @param parent the folder to look in; nothing is found if it cannot be read
    /// @return the directories, sorted
    /// @throws IOException if the folder cannot be listed
    public static List<Path> leftOvers(Path parent) throws IOException {
        List<Path> found = new ArrayList<>();
        if (!Files.isDirectory(parent) || !Files.isReadable(parent)) {
            return found;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path entry : entries) {
                Matcher name = NAME.matcher(entry.getFileName().toString());
                if (name.matches()
                        && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)
                        && isDead(Long.parseLong(name.group(1)), entry)) {
                    found.add(entry);
                }
            }
        }
        Collections.sort(found);
        return found;
    }

    /// Deletes a directory with all that is in it. Symbolic links are deleted, never followed: the
    /// folder may be one where everybody can make them. What cannot be deleted stays.
    ///
    /// @param directory the directory
    /// @throws IOException if it cannot be read
    public static void delete(Path directory) throws IOException {
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        return deleteIfPossible(file);
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) {
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path visited, IOException e) {
                        return deleteIfPossible(visited);
                    }
                });
    }

    private static FileVisitResult deleteIfPossible(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Somebody else's, or somebody else is deleting it as well: it stays his.
            return FileVisitResult.CONTINUE;
        }
        return FileVisitResult.CONTINUE;
    }

    /// {@return whether a media driver works in a directory, or did less than ten seconds ago}
    ///
    /// @param directory the directory; need not exist
    public static boolean hasDriver(Path directory) {
        return hasDriver(directory, HEARTBEAT_TIMEOUT_MS);
    }

    /// Whether a driver gave a sign of life so recently.
    static boolean hasDriver(Path directory, long heartbeatTimeoutMs) {
        try {
            return isInitialised(directory.resolve(CncFileDescriptor.CNC_FILE))
                    && CommonContext.isDriverActive(
                            directory.toFile(), heartbeatTimeoutMs, message -> {});
        } catch (IOException | RuntimeException e) {
            // Nobody could connect to what cannot be read.
            return false;
        }
    }

    private static boolean isDead(long pid, Path directory) {
        if (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
            return false;
        }
        try {
            return !isInitialised(directory.resolve(CncFileDescriptor.CNC_FILE))
                    || !CommonContext.isDriverActive(
                            directory.toFile(), HEARTBEAT_TIMEOUT_MS, message -> {});
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /// Asked first because Aeron waits for a file that is still being made, and this one never will
    /// be finished.
    private static boolean isInitialised(Path cnc) throws IOException {
        if (!Files.isRegularFile(cnc, LinkOption.NOFOLLOW_LINKS)
                || Files.size(cnc) <= CncFileDescriptor.META_DATA_LENGTH) {
            return false;
        }
        try (InputStream in = Files.newInputStream(cnc, LinkOption.NOFOLLOW_LINKS)) {
            for (byte versionByte : in.readNBytes(Integer.BYTES)) {
                if (versionByte != 0) {
                    return true;
                }
            }
        }
        return false;
    }
}
