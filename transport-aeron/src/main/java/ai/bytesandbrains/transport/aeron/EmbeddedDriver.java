package ai.bytesandbrains.transport.aeron;

import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;

import org.agrona.IoUtil;
import org.agrona.concurrent.BackoffIdleStrategy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// A media driver inside this process, for nodes that have no external one. All of it runs on one
/// thread that sleeps when there is nothing to do. Its directory carries the number of the process,
/// and is deleted on close; what a killed process has left there is deleted by the next launch.
///
/// Everybody who may open the directory may join in over IPC: shared memory has no other door.
public final class EmbeddedDriver implements AutoCloseable {

    private static final String PREFIX = "bb-aeron-";
    private static final long LEFT_OVER_TIMEOUT_MS = 10_000;

    private final MediaDriver driver;

    private EmbeddedDriver(MediaDriver driver) {
        this.driver = driver;
    }

    /// Launches a driver in a directory of its own below [#baseDirectory].
    ///
    /// @return the driver, running
    public static EmbeddedDriver launch() {
        Path base = baseDirectory();
        deleteLeftOvers(base);
        String name =
                PREFIX
                        + ProcessHandle.current().pid()
                        + "-"
                        + Long.toHexString(ThreadLocalRandom.current().nextLong());
        MediaDriver.Context context =
                new MediaDriver.Context()
                        .aeronDirectoryName(base.resolve(name).toString())
                        .dirDeleteOnStart(true)
                        .dirDeleteOnShutdown(true)
                        .threadingMode(ThreadingMode.SHARED)
                        .sharedIdleStrategy(
                                new BackoffIdleStrategy(
                                        20,
                                        20,
                                        TimeUnit.MICROSECONDS.toNanos(10),
                                        TimeUnit.MILLISECONDS.toNanos(1)))
                        .termBufferSparseFile(true)
                        .warnIfDirectoryExists(false);
        return new EmbeddedDriver(MediaDriver.launch(context));
    }

    /// {@return `/dev/shm` where there is one, else the directory for temporary files}
    public static Path baseDirectory() {
        Path shm = Path.of("/dev/shm");
        return Files.isDirectory(shm) && Files.isWritable(shm)
                ? shm
                : Path.of(System.getProperty("java.io.tmpdir"));
    }

    /// {@return what nodes connect to it by}
    public String aeronDirectory() {
        return driver.aeronDirectoryName();
    }

    /// Stops the driver and deletes its directory. Nodes on it must have been closed.
    @Override
    public void close() {
        driver.close();
    }

    private static void deleteLeftOvers(Path base) {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(base, PREFIX + "*")) {
            for (Path directory : directories) {
                OptionalLong pid = pidOf(directory);
                if (pid.isPresent() && isDead(pid.getAsLong(), directory)) {
                    IoUtil.delete(directory.toFile(), true);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + base, e);
        }
    }

    /// Two witnesses: the process number alone may belong to another container that shares the
    /// directory, and a heartbeat alone stops for a while when a process is paused.
    private static boolean isDead(long pid, Path directory) {
        return ProcessHandle.of(pid).isEmpty()
                && !CommonContext.isDriverActive(
                        directory.toFile(), LEFT_OVER_TIMEOUT_MS, message -> {});
    }

    private static OptionalLong pidOf(Path directory) {
        String name = directory.getFileName().toString();
        int end = name.indexOf('-', PREFIX.length());
        String digits = end < 0 ? "" : name.substring(PREFIX.length(), end);
        return digits.matches("\\d{1,18}")
                ? OptionalLong.of(Long.parseLong(digits))
                : OptionalLong.empty();
    }
}
