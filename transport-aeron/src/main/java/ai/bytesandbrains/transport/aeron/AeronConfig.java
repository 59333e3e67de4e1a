package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.overlay.Address;

import org.agrona.BitUtil;

import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// The parameters of an [AeronTransport]. With a driver's directory and a listening address it is
/// ready: `AeronConfig.ipc(directory, 1001)`.
///
/// @param aeronDirectory the directory of a running media driver
/// @param kind [Address.Kind#IPC] or [Address.Kind#UDP]
/// @param host what others reach this host by: an IP literal or a name that resolves; null for IPC
/// @param port to listen on, 0 for any free one; 0 for IPC
/// @param stream to listen on; positive, and on one driver different for every node
/// @param termLength of a connection's three buffers, in bytes; a power of two from 64 KiB to 16
///     MiB. An eighth of it is the longest frame
/// @param maxLinks the most connections to peers; the one that was used least recently makes room
/// @param connectTimeoutNs how long a connection may take before its peer counts as unreachable
/// @param idleLinkNs a connection that was not used for so long is closed
/// @param fragmentLimit the most fragments received in one duty cycle
/// @param driverTimeoutNs how long a driver may give no sign of life, at the start and later; a
///     living one gives several in a second. From a millisecond
/// @param sharedMemory whether a node on the network also listens in shared memory, and reaches
///     others on its driver there. Of no meaning for IPC
/// @param reconnectTimeoutNs how long a node that has lost its driver looks for it, or for another
///     one in its place, before its agent ends; 0 ends it at once
public record AeronConfig(
        String aeronDirectory,
        Address.Kind kind,
        String host,
        int port,
        int stream,
        int termLength,
        int maxLinks,
        long connectTimeoutNs,
        long idleLinkNs,
        int fragmentLimit,
        long driverTimeoutNs,
        boolean sharedMemory,
        long reconnectTimeoutNs) {

    /// How long somebody may take to turn up at an address that a stranger claims.
    static final long PROBE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);

    private static final int MIN_TERM_LENGTH = 1 << 16;
    private static final int MAX_TERM_LENGTH = 1 << 24;

    /// Checks every field.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public AeronConfig {
        Objects.requireNonNull(aeronDirectory, "aeronDirectory");
        require(
                kind == Address.Kind.IPC || kind == Address.Kind.UDP,
                "kind=" + kind + ": expected IPC or UDP");
        boolean udp = kind == Address.Kind.UDP;
        require(
                udp == (host != null) && port >= 0 && port <= (udp ? 0xffff : 0),
                "kind=" + kind + " host=" + host + " port=" + port + ": only UDP has both");
        require(host == null || !host.isBlank(), "host=" + host + ": expected a name or an IP");
        require(stream > 0, "stream=" + stream + ": expected at least 1");
        require(
                BitUtil.isPowerOfTwo(termLength)
                        && termLength >= MIN_TERM_LENGTH
                        && termLength <= MAX_TERM_LENGTH,
                "termLength=%d: expected a power of two from %d to %d"
                        .formatted(termLength, MIN_TERM_LENGTH, MAX_TERM_LENGTH));
        require(
                maxLinks > 0 && maxLinks <= 1 << 16,
                "maxLinks=" + maxLinks + ": expected 1 to " + (1 << 16));
        require(connectTimeoutNs > 0, "connectTimeoutNs=" + connectTimeoutNs + ": expected > 0");
        require(idleLinkNs > 0, "idleLinkNs=" + idleLinkNs + ": expected > 0");
        require(fragmentLimit > 0, "fragmentLimit=" + fragmentLimit + ": expected > 0");
        require(
                driverTimeoutNs >= TimeUnit.MILLISECONDS.toNanos(1),
                "driverTimeoutNs=" + driverTimeoutNs + ": expected at least 1000000");
        require(
                reconnectTimeoutNs >= 0,
                "reconnectTimeoutNs=" + reconnectTimeoutNs + ": expected at least 0");
    }

    /// {@return the parameters of a node in shared memory}
    ///
    /// @param aeronDirectory the directory of a running media driver
    /// @param stream to listen on
    public static AeronConfig ipc(String aeronDirectory, int stream) {
        return of(aeronDirectory, Address.Kind.IPC, null, 0, stream);
    }

    /// {@return the parameters of a node on the network}
    ///
    /// @param aeronDirectory the directory of a running media driver
    /// @param host what others reach this host by
    /// @param port to listen on, 0 for any free one
    /// @param stream to listen on
    public static AeronConfig udp(String aeronDirectory, String host, int port, int stream) {
        return of(aeronDirectory, Address.Kind.UDP, host, port, stream);
    }

    /// {@return the same with another term length}
    ///
    /// @param termLength in bytes
    public AeronConfig withTermLength(int termLength) {
        return with(
                termLength,
                maxLinks,
                connectTimeoutNs,
                idleLinkNs,
                driverTimeoutNs,
                sharedMemory,
                reconnectTimeoutNs);
    }

    /// {@return the same with other bounds for connections}
    ///
    /// @param maxLinks the most connections
    /// @param connectTimeoutNs how long one may take to be made
    /// @param idleLinkNs how long one may go unused
    public AeronConfig withLinks(int maxLinks, long connectTimeoutNs, long idleLinkNs) {
        return with(
                termLength,
                maxLinks,
                connectTimeoutNs,
                idleLinkNs,
                driverTimeoutNs,
                sharedMemory,
                reconnectTimeoutNs);
    }

    /// {@return the same with another patience with the driver}
    ///
    /// @param driverTimeoutNs how long a driver may give no sign of life
    public AeronConfig withDriverTimeoutNs(long driverTimeoutNs) {
        return with(driverTimeoutNs, sharedMemory, reconnectTimeoutNs);
    }

    /// {@return the same with another patience when the driver has been lost}
    ///
    /// @param reconnectTimeoutNs how long the node looks for it, 0 for not at all
    public AeronConfig withReconnectTimeoutNs(long reconnectTimeoutNs) {
        return with(driverTimeoutNs, sharedMemory, reconnectTimeoutNs);
    }

    /// {@return the same, with or without the short way to others on the same driver}
    ///
    /// @param sharedMemory whether a node on the network uses shared memory as well
    public AeronConfig withSharedMemory(boolean sharedMemory) {
        return with(driverTimeoutNs, sharedMemory, reconnectTimeoutNs);
    }

    private AeronConfig with(long driverTimeoutNs, boolean sharedMemory, long reconnectTimeoutNs) {
        return with(
                termLength,
                maxLinks,
                connectTimeoutNs,
                idleLinkNs,
                driverTimeoutNs,
                sharedMemory,
                reconnectTimeoutNs);
    }

    private AeronConfig with(
            int termLength,
            int maxLinks,
            long connectTimeoutNs,
            long idleLinkNs,
            long driverTimeoutNs,
            boolean sharedMemory,
            long reconnectTimeoutNs) {
        return new AeronConfig(
                aeronDirectory,
                kind,
                host,
                port,
                stream,
                termLength,
                maxLinks,
                connectTimeoutNs,
                idleLinkNs,
                fragmentLimit,
                driverTimeoutNs,
                sharedMemory,
                reconnectTimeoutNs);
    }

    private static AeronConfig of(
            String aeronDirectory, Address.Kind kind, String host, int port, int stream) {
        return new AeronConfig(
                aeronDirectory,
                kind,
                host,
                port,
                stream,
                1 << 17,
                64,
                TimeUnit.SECONDS.toNanos(3),
                TimeUnit.SECONDS.toNanos(60),
                16,
                TimeUnit.SECONDS.toNanos(10),
                true,
                TimeUnit.SECONDS.toNanos(60));
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
