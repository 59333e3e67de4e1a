package ai.bytesandbrains.transport.aeron;

import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentTerminationException;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Finds a media driver again after an Aeron client has ended: looks every half a second whether
/// one works in the directory, and connects to it, for as long as the configuration allows. After
/// that, or where it allows none, the agent ends with an [AgentTerminationException] that says why.
///
/// Looking allocates; connecting to a driver that is there takes some milliseconds.
final class Reconnect {

    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final AeronConfig config;
    private final ErrorHandler errors;
    private final Path directory;
    private long beganNs;
    private long nextNs;
    private Throwable reason;

    Reconnect(AeronConfig config, ErrorHandler errors) {
        this.config = config;
        this.errors = errors;
        directory = Path.of(config.aeronDirectory());
    }

    /// A client has ended.
    ///
    /// @param end what ended it; null if its thread was interrupted, which is what a host does that
    ///     wants the agent to end
    void begin(Throwable end, long nowNs) {
        if (end == null || config.reconnectTimeoutNs() == 0) {
            throw new AgentTerminationException(
                    "aeronDirectory=%s: the Aeron client has ended: %s"
                            .formatted(
                                    config.aeronDirectory(),
                                    end == null ? "interrupted" : end.getMessage()),
                    end);
        }
        beganNs = nowNs;
        nextNs = nowNs;
        reason = end;
        errors.onError(
                new IllegalStateException(
                        "aeronDirectory=%s: the Aeron client has ended, the node connects anew: %s"
                                .formatted(config.aeronDirectory(), end.getMessage()),
                        end));
    }

    /// Connects if there is a driver; null if it is to be tried again.
    ///
    /// @param port to listen on
    /// @param driver does the driver's work meanwhile; null if it has threads of its own
    AeronClient attempt(int port, AgentInvoker driver, long nowNs) {
        if (nowNs - nextNs < 0) {
            return null;
        }
        nextNs = nowNs + PAUSE_NS;
        long patienceMs = TimeUnit.NANOSECONDS.toMillis(config.driverTimeoutNs());
        if (AeronDirectories.hasDriver(directory, patienceMs)) {
            try {
                return new AeronClient(config, port, errors, driver);
            } catch (RuntimeException e) {
                // The driver may just be going, or still hold the port for the client that ended.
                reason = e;
            }
        }
        if (nowNs - beganNs >= config.reconnectTimeoutNs()) {
            throw new AgentTerminationException(
                    "aeronDirectory=%s: no way back to a media driver in %d ms: %s"
                            .formatted(
                                    config.aeronDirectory(),
                                    TimeUnit.NANOSECONDS.toMillis(config.reconnectTimeoutNs()),
                                    reason.getMessage()),
                    reason);
        }
        return null;
    }
}
