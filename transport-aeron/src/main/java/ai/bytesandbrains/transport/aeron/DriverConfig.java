package ai.bytesandbrains.transport.aeron;

import io.aeron.driver.ThreadingMode;

import java.util.Objects;

/// The parameters of an [EmbeddedDriver].
///
/// Aeron's own system properties (`aeron.mtu.length`, `aeron.socket.so_rcvbuf`,
/// `aeron.conductor.cpu.affinity` and so on) hold for everything that is not named here.
///
/// @param threads which threads the driver works on
/// @param idle what they do when there is nothing to do; of no meaning with [Threads#INVOKER]
/// @param bytes the room that the driver's files are going to take: three terms and a bit for each
///     connection, twice that over UDP when both ends are on this driver
public record DriverConfig(Threads threads, IdleMode idle, long bytes) {

    private static final long DEFAULT_BYTES = 256L << 20;

    /// Which threads a driver works on. Frames over IPC pass no driver: it only makes and closes
    /// connections then.
    public enum Threads {

        /// None: the host calls [EmbeddedDriver#invoker] in a loop of its own, at least ten times a
        /// second. The best latency where cores are scarce.
        INVOKER(ThreadingMode.INVOKER),

        /// One for all of it: the default.
        SHARED(ThreadingMode.SHARED),

        /// One for sending and receiving, one for the rest.
        SHARED_NETWORK(ThreadingMode.SHARED_NETWORK),

        /// One for sending, one for receiving, one for the rest: the highest throughput, where
        /// there is a core for each.
        DEDICATED(ThreadingMode.DEDICATED);

        private final ThreadingMode mode;

        Threads(ThreadingMode mode) {
            this.mode = mode;
        }

        ThreadingMode mode() {
            return mode;
        }
    }

    /// Checks every field.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public DriverConfig {
        Objects.requireNonNull(threads, "threads");
        Objects.requireNonNull(idle, "idle");
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes=" + bytes + ": expected at least 1");
        }
    }

    /// {@return one thread that sleeps when there is nothing to do, and room for the usual number
    /// of connections}
    public static DriverConfig defaults() {
        return new DriverConfig(Threads.SHARED, IdleMode.BACKOFF, DEFAULT_BYTES);
    }

    /// {@return the same with other threads}
    ///
    /// @param threads which threads the driver works on
    /// @param idle what they do when there is nothing to do
    public DriverConfig withThreads(Threads threads, IdleMode idle) {
        return new DriverConfig(threads, idle, bytes);
    }

    /// {@return the same with another amount of room}
    ///
    /// @param bytes the room that the driver's files are going to take
    public DriverConfig withBytes(long bytes) {
        return new DriverConfig(threads, idle, bytes);
    }
}
