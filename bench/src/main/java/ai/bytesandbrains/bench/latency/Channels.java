package ai.bytesandbrains.bench.latency;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.transport.aeron.AeronConfig;
import ai.bytesandbrains.transport.aeron.DriverConfig;
import ai.bytesandbrains.transport.aeron.EmbeddedDriver;
import ai.bytesandbrains.transport.aeron.IdleMode;

import io.aeron.ChannelUri;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;
import io.aeron.Subscription;

import org.agrona.concurrent.AgentInvoker;

import java.util.concurrent.TimeUnit;

/// The driver of a measurement and where its sides listen: shared memory, or ports of the loopback
/// interface. Raw sides and the product's get the same terms.
///
/// The asking side's thread does the driver's work: a driver that spins beside the two sides would
/// need a third core, and one that sleeps would be waited for. Over IPC frames pass no driver.
final class Channels implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final int TERM_LENGTH = 1 << 19;
    private static final int FIRST_STREAM = 1001;
    private static final int MAX_LINKS = 4;
    private static final long BIND_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);

    /// Connections are made once and stay.
    private static final long FOREVER_NS = TimeUnit.DAYS.toNanos(1);

    private final boolean udp;
    private final EmbeddedDriver embedded;
    private int stream = FIRST_STREAM;

    /// Starts the driver.
    Channels(final boolean udp) {
        this.udp = udp;
        embedded =
                EmbeddedDriver.launch(
                        DriverConfig.defaults()
                                .withThreads(DriverConfig.Threads.INVOKER, IdleMode.NOOP));
    }

    String aeronDirectory() {
        return embedded.aeronDirectory();
    }

    /// What does the driver's work.
    AgentInvoker driver() {
        return embedded.invoker();
    }

    /// Whether frames pass the driver.
    boolean driverCarries() {
        return udp;
    }

    int nextStream() {
        return stream++;
    }

    /// The parameters of one of the product's sides.
    AeronConfig config() {
        final AeronConfig config =
                udp
                        ? AeronConfig.udp(aeronDirectory(), LOOPBACK, 0, nextStream())
                        : AeronConfig.ipc(aeronDirectory(), nextStream());
        return config.withSharedMemory(false)
                .withTermLength(TERM_LENGTH)
                .withLinks(MAX_LINKS, FOREVER_NS, FOREVER_NS);
    }

    /// An address at which nobody listens.
    Address nowhere() {
        return udp ? Address.udp4(0x7f000001, 9, nextStream()) : Address.ipc(nextStream());
    }

    /// The channel of a subscription.
    String listening() {
        return udp ? "aeron:udp?endpoint=" + LOOPBACK + ":0" : CommonContext.IPC_CHANNEL;
    }

    /// The channel of a publication to a subscription.
    String to(final Subscription subscription) {
        final ChannelUriStringBuilder channel =
                new ChannelUriStringBuilder().termLength(TERM_LENGTH).sparse(true);
        return udp
                ? channel.media(CommonContext.UDP_MEDIA).endpoint(endpoint(subscription)).build()
                : channel.media(CommonContext.IPC_MEDIA).build();
    }

    private String endpoint(final Subscription subscription) {
        final long start = System.nanoTime();
        String resolved = null;
        while (resolved == null) {
            embedded.invoker().invoke();
            resolved = subscription.tryResolveChannelEndpointPort();
            if (System.nanoTime() - start > BIND_TIMEOUT_NS) {
                throw new IllegalStateException(
                        "channel=%s: the driver does not listen".formatted(subscription.channel()));
            }
        }
        return ChannelUri.parse(resolved).get(CommonContext.ENDPOINT_PARAM_NAME);
    }

    @Override
    public void close() {
        embedded.close();
    }
}
