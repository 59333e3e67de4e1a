package ai.bytesandbrains.transport.aeron;

import io.aeron.driver.MediaDriver;

import org.agrona.concurrent.AgentInvoker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/// A media driver inside this process, for nodes that have no external one. Unless told otherwise
/// all of it runs on one thread that sleeps when there is nothing to do. Its directory (see
/// [AeronDirectories]) is deleted on close; what killed processes have left beside it is deleted at
/// launch.
///
/// Everybody who may open the directory may join in over IPC: shared memory has no other door. So
/// where the file system knows permissions, the directory is open for its owner alone.
public final class EmbeddedDriver implements AutoCloseable {

    private final MediaDriver driver;

    private EmbeddedDriver(MediaDriver driver) {
        this.driver = driver;
    }

    /// Launches a driver with room for the usual number of connections.
    ///
    /// @return the driver, running
    public static EmbeddedDriver launch() {
        return launch(DriverConfig.defaults());
    }

    /// Launches a driver in a directory of its own, in shared memory if that has the room.
    ///
    /// @param bytes the room its files are going to take: three terms and a bit for each
    ///     connection, twice that over UDP when both ends are on this driver
    /// @return the driver, running
    public static EmbeddedDriver launch(long bytes) {
        return launch(DriverConfig.defaults().withBytes(bytes));
    }

    /// Launches a driver in a directory of its own, in shared memory if that has the room.
    ///
    /// @param config the parameters
    /// @return the driver, running, or with [DriverConfig.Threads#INVOKER] waiting for
    ///     [#invoker] to be called
    public static EmbeddedDriver launch(DriverConfig config) {
        return launch(AeronDirectories.parent(config.bytes()), config);
    }

    /// Launches a driver in a directory of its own below a folder.
    static EmbeddedDriver launch(Path parent) {
        return launch(parent, DriverConfig.defaults());
    }

    /// Launches a driver that other processes share, in a directory that they know. What a killed
    /// driver has left there is deleted.
    ///
    /// @param directory its directory, open for its owner alone
    /// @param config the parameters
    /// @return the driver
    /// @throws IllegalStateException if a driver works there, or did less than ten seconds ago
    public static EmbeddedDriver launchIn(Path directory, DriverConfig config) {
        if (AeronDirectories.hasDriver(directory)) {
            throw new IllegalStateException(
                    "directory=%s: a media driver works there, or was killed in the last ten seconds"
                            .formatted(directory));
        }
        return start(directory.toAbsolutePath(), config);
    }

    private static EmbeddedDriver launch(Path parent, DriverConfig config) {
        deleteLeftOvers(parent);
        return start(AeronDirectories.fresh(parent), config);
    }

    private static EmbeddedDriver start(Path directory, DriverConfig config) {
        MediaDriver.Context context =
                new MediaDriver.Context()
                        .aeronDirectoryName(directory.toString())
                        .dirDeleteOnShutdown(true)
                        .threadingMode(config.threads().mode())
                        .conductorIdleStrategy(config.idle().strategy())
                        .senderIdleStrategy(config.idle().strategy())
                        .receiverIdleStrategy(config.idle().strategy())
                        .sharedIdleStrategy(config.idle().strategy())
                        .sharedNetworkIdleStrategy(config.idle().strategy())
                        .termBufferSparseFile(true);
        EmbeddedDriver launched = new EmbeddedDriver(MediaDriver.launch(context));
        try {
            closeForOthers(Path.of(launched.aeronDirectory()));
        } catch (RuntimeException e) {
            launched.close();
            throw e;
        }
        return launched;
    }

    /// {@return what nodes connect to it by}
    public String aeronDirectory() {
        return driver.aeronDirectoryName();
    }

    /// {@return what does the driver's work when it has no threads of its own, null if it has. Of
    /// one thread at a time}
    public AgentInvoker invoker() {
        return driver.sharedAgentInvoker();
    }

    /// Stops the driver and deletes its directory. Nodes on it must have been closed.
    @Override
    public void close() {
        driver.close();
    }

    private static void closeForOthers(Path directory) {
        PosixFileAttributeView view =
                Files.getFileAttributeView(directory, PosixFileAttributeView.class);
        if (view != null) {
            try {
                view.setPermissions(PosixFilePermissions.fromString("rwx------"));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot set permissions of " + directory, e);
            }
        }
    }

    private static void deleteLeftOvers(Path parent) {
        try {
            for (Path directory : AeronDirectories.leftOvers(parent)) {
                AeronDirectories.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + parent, e);
        }
    }
}
