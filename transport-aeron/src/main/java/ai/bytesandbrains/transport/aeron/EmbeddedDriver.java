package ai.bytesandbrains.transport.aeron;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;

import org.agrona.IoUtil;
import org.agrona.concurrent.BackoffIdleStrategy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A media driver inside this process, for nodes that have no external one. All of it runs on one
/// thread that sleeps when there is nothing to do. Its directory (see [AeronDirectories]) is
/// deleted on close; what killed processes have left beside it is deleted at launch.
///
/// Everybody who may open the directory may join in over IPC: shared memory has no other door.
public final class EmbeddedDriver implements AutoCloseable {

    private final MediaDriver driver;

    private EmbeddedDriver(MediaDriver driver) {
        this.driver = driver;
    }

    /// Launches a driver in a directory of its own below [AeronDirectories#parent].
    ///
    /// @return the driver, running
    public static EmbeddedDriver launch() {
        Path parent = AeronDirectories.parent();
        deleteLeftOvers(parent);
        MediaDriver.Context context =
                new MediaDriver.Context()
                        .aeronDirectoryName(AeronDirectories.fresh(parent).toString())
                        .dirDeleteOnShutdown(true)
                        .threadingMode(ThreadingMode.SHARED)
                        .sharedIdleStrategy(
                                new BackoffIdleStrategy(
                                        20,
                                        20,
                                        TimeUnit.MICROSECONDS.toNanos(10),
                                        TimeUnit.MILLISECONDS.toNanos(1)))
                        .termBufferSparseFile(true);
        return new EmbeddedDriver(MediaDriver.launch(context));
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

    private static void deleteLeftOvers(Path parent) {
        try {
            for (Path directory : AeronDirectories.leftOvers(parent)) {
                IoUtil.delete(directory.toFile(), true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + parent, e);
        }
    }
}
