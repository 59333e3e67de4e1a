package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.overlay.Address;

import io.aeron.Aeron;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;

import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentInvoker;

import java.util.concurrent.TimeUnit;

/// One life of a node's Aeron client: from connecting to a driver until that is gone, or has taken
/// the client for dead. Run by the node's thread; opening blocks and allocates.
///
/// A node on the network listens in shared memory as well, and says so in the driver's counters
/// (see [Colocated]).
final class AeronClient implements AutoCloseable {

    private final ErrorHandler errors;
    private final Aeron aeron;
    private final AgentInvoker conductor;
    private final Subscription listening;
    private final Subscription shared;
    private final Address address;
    private final Routes routes;
    private boolean sharedFirst;
    private Throwable end;

    /// Connects and listens.
    ///
    /// @param port to listen on, 0 for any free one
    /// @param errors hears of errors but the one that ends the client
    /// @param driver does the driver's work meanwhile; null if it has threads of its own
    AeronClient(AeronConfig config, int port, ErrorHandler errors, AgentInvoker driver) {
        this.errors = errors;
        aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .aeronDirectoryName(config.aeronDirectory())
                                .useConductorAgentInvoker(true)
                                .driverAgentInvoker(driver)
                                .driverTimeoutMs(
                                        TimeUnit.NANOSECONDS.toMillis(config.driverTimeoutNs()))
                                .errorHandler(this::onError)
                                .subscriberErrorHandler(errors));
        try {
            conductor = aeron.conductorAgentInvoker();
            boolean udp = config.kind() == Address.Kind.UDP;
            listening =
                    aeron.addSubscription(
                            udp ? Channels.udp(config.host(), port) : Channels.ipc(),
                            config.stream());
            address = Channels.localAddress(config, listening, driver);
            boolean both = udp && config.sharedMemory();
            shared = both ? openShared() : null;
            routes = new Routes(config, both ? new Colocated(aeron.countersReader()) : null);
        } catch (Throwable e) {
            aeron.close();
            throw e;
        }
    }

    private Subscription openShared() {
        int stream = Colocated.stream(aeron.nextCorrelationId());
        Subscription opened = aeron.addSubscription(Channels.ipc(), stream);
        Colocated.announce(aeron, address, stream);
        return opened;
    }

    /// Where others reach the node.
    Address address() {
        return address;
    }

    Aeron aeron() {
        return aeron;
    }

    Routes routes() {
        return routes;
    }

    /// Takes fragments of both ways in, by turns the one and the other first.
    int poll(FragmentHandler handler, int limit) {
        if (shared == null) {
            return listening.poll(handler, limit);
        }
        sharedFirst = !sharedFirst;
        int taken = (sharedFirst ? shared : listening).poll(handler, limit);
        return taken < limit
                ? taken + (sharedFirst ? listening : shared).poll(handler, limit - taken)
                : taken;
    }

    /// The client's own work.
    int work() {
        return conductor.invoke();
    }

    /// Whether this life is over. An invoker also stops, without a word, when its thread is
    /// interrupted.
    boolean isEnded() {
        return listening.isClosed() || !conductor.isRunning();
    }

    /// What ended it; null for an interrupted thread.
    Throwable end() {
        return end;
    }

    /// What ends the client is kept, everything else goes to the caller's handler at once.
    private void onError(Throwable error) {
        if (listening == null || !listening.isClosed()) {
            errors.onError(error);
        } else if (end == null) {
            end = error;
        }
    }

    @Override
    public void close() {
        aeron.close();
    }
}
