package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.transport.aeron.DriverConfig;
import ai.bytesandbrains.transport.aeron.EmbeddedDriver;
import ai.bytesandbrains.transport.aeron.IdleMode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/// `bb driver`: a media driver that several processes share.
@Command(
        name = "driver",
        description = "Runs a media driver for several processes until it is told to end.",
        mixinStandardHelpOptions = true)
final class DriverCommand implements Callable<Integer> {
    @Mixin private Output output;
    @Mixin private UntilEof untilEof;

    @Option(
            names = "--ipc-dir",
            paramLabel = "DIR",
            required = true,
            description = "Its directory, best below /dev/shm; nodes take the same option.")
    private Path ipcDir;

    @Option(
            names = "--threads",
            paramLabel = "shared|shared_network|dedicated",
            defaultValue = "shared",
            converter = LowerCase.OfThreads.class,
            description = "How many threads it has: 1, 2 or 3 (default: ${DEFAULT-VALUE}).")
    private DriverConfig.Threads threads;

    @Option(
            names = "--idle",
            paramLabel = "backoff|yield|spin|noop",
            defaultValue = "backoff",
            converter = LowerCase.OfIdle.class,
            description = "What they do when there is nothing to do (default: ${DEFAULT-VALUE}).")
    private IdleMode idle;

    @Override
    public Integer call() throws InterruptedException {
        if (threads == DriverConfig.Threads.INVOKER) {
            throw new UsageException("--threads invoker: a process of its own needs a thread");
        }
        final DriverConfig config = DriverConfig.defaults().withThreads(threads, idle);
        try (EmbeddedDriver driver =
                        Addresses.open(
                                "--ipc-dir",
                                ipcDir.toString(),
                                () -> EmbeddedDriver.launchIn(ipcDir, config));
                AtShutdown _ = new AtShutdown("bb-driver-shutdown", driver::close)) {
            untilEof.watch();
            output.print(new Ready(driver.aeronDirectory(), ProcessHandle.current().pid()));
            // Until the process is told to end: then the shutdown closes the driver.
            new CountDownLatch(1).await();
        }
        return 0;
    }

    /// A driver that runs.
    ///
    /// @param aeronDirectory its directory
    /// @param pid of its process
    record Ready(String aeronDirectory, long pid) implements Report {
        @Override
        public String table() {
            return new TextTable()
                    .heading("media driver")
                    .row("Aeron directory", aeronDirectory)
                    .row("process", pid)
                    .toString();
        }
    }
}
