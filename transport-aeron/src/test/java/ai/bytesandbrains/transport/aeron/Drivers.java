package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.overlay.Address;

import java.util.concurrent.atomic.AtomicInteger;

/// Parameters of transports on a test's driver; no two of a test run listen on the same stream.
final class Drivers {

    private static final AtomicInteger STREAMS = new AtomicInteger(1_000);

    private Drivers() {}

    static AeronConfig config(EmbeddedDriver driver, Address.Kind kind) {
        int stream = STREAMS.incrementAndGet();
        AeronConfig config =
                kind == Address.Kind.IPC
                        ? AeronConfig.ipc(driver.aeronDirectory(), stream)
                        : AeronConfig.udp(driver.aeronDirectory(), "127.0.0.1", 0, stream);
        // Each kind is tested by itself: nobody takes the short way.
        return config.withSharedMemory(false)
                .withTermLength(1 << 16)
                .withLinks(32, Cluster.ms(1_000), Cluster.ms(60_000));
    }

    /// Fails the test if the Aeron client has an error to tell.
    static Transport.Factory transport(AeronConfig config) {
        return AeronTransport.factory(
                config,
                error -> {
                    throw new AssertionError(error);
                });
    }

    static Transport.Factory transport(EmbeddedDriver driver, Address.Kind kind) {
        return transport(config(driver, kind));
    }
}
