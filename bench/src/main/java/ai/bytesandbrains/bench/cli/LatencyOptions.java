package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.transport.aeron.IdleMode;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// The options of `bb latency`, as a mixin. [#validate()] must be called before the values are
/// used.
public final class LatencyOptions {
    private static final int MIN_MESSAGES = 1_000;
    private static final int MAX_MESSAGES = 10_000_000;
    private static final int MAX_WARM_UP = 1_000_000;
    private static final int MIN_INTERVAL_US = 4;
    private static final int MAX_INTERVAL_US = 1_000_000;
    private static final int IPC_INTERVAL_US = 20;
    private static final int UDP_INTERVAL_US = 100;

    @Option(
            names = "--transport",
            paramLabel = "ipc|udp",
            defaultValue = "ipc",
            converter = LowerCase.OfTransport.class,
            description = "What the frames travel over (default: ${DEFAULT-VALUE}).")
    private DemoOptions.Transport transport;

    @Option(
            names = "--messages",
            paramLabel = "N",
            defaultValue = "100000",
            description =
                    "Messages of each kind; two are a round trip (default: ${DEFAULT-VALUE}).")
    private int messages;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "150000",
            description = "Round trips of each kind before that (default: ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(
            names = "--interval-us",
            paramLabel = "US",
            description =
                    "Microseconds from one round trip's begin to the next one's (default: 20 over"
                            + " ipc, 100 over udp).")
    private Integer intervalUs;

    @Option(
            names = "--idle",
            paramLabel = "noop|spin|yield",
            defaultValue = "noop",
            converter = LowerCase.OfIdle.class,
            description = "What both threads do between duty cycles (default: ${DEFAULT-VALUE}).")
    private IdleMode idle;

    @Option(
            names = "--log",
            paramLabel = "FILE",
            description = "Write all histograms into this file, as a HdrHistogram log.")
    private Path log;

    @Option(
            names = "--seed",
            defaultValue = "42",
            description = "Of identities and vectors (default: ${DEFAULT-VALUE}).")
    private long seed;

    /// Made by picocli, which fills the fields.
    public LatencyOptions() {}

    /// Checks every value.
    ///
    /// @throws UsageException that names the option and its value
    void validate() {
        Ranges.check("--messages", messages, MIN_MESSAGES, MAX_MESSAGES);
        Ranges.check("--warm-up", warmUp, 1, MAX_WARM_UP);
        if (intervalUs != null) {
            Ranges.check("--interval-us", intervalUs, MIN_INTERVAL_US, MAX_INTERVAL_US);
        }
    }

    DemoOptions.Transport transport() {
        return transport;
    }

    boolean udp() {
        return transport == DemoOptions.Transport.UDP;
    }

    int messages() {
        return messages;
    }

    int warmUp() {
        return warmUp;
    }

    long intervalNs() {
        final int standard = udp() ? UDP_INTERVAL_US : IPC_INTERVAL_US;
        return TimeUnit.MICROSECONDS.toNanos(intervalUs == null ? standard : intervalUs);
    }

    IdleMode idle() {
        return idle;
    }

    Path log() {
        return log;
    }

    long seed() {
        return seed;
    }
}
