package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import io.aeron.ChannelUri;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;
import io.aeron.Subscription;
import io.aeron.status.ChannelEndpointStatus;

import org.agrona.concurrent.AgentInvoker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/// Addresses as Aeron's channels. The text of a channel is made here, from checked numbers, and
/// nowhere else.
final class Channels {

    private static final int IPV4_BYTES = 4;
    private static final String BROADCAST = "255.255.255.255";
    private static final long BIND_POLL_NS = 100_000;
    private static final long BIND_TIMEOUT_NS = 5_000_000_000L;

    private Channels() {}

    static String ipc() {
        return CommonContext.IPC_CHANNEL;
    }

    /// The channel of a publication into shared memory.
    static String ipc(int termLength) {
        return publication(termLength).media(CommonContext.IPC_MEDIA).build();
    }

    static String udp(String host, int port) {
        return new ChannelUriStringBuilder()
                .media(CommonContext.UDP_MEDIA)
                .endpoint(bracketed(host) + ":" + port)
                .build();
    }

    /// The channel of a publication to a peer. Null if Aeron does not reach this kind of address,
    /// or if it is not that of one host: what strangers name must not make a node send to all.
    static String to(PeerDescriptor peer, int termLength) {
        Address.Kind kind = Address.Kind.ofCode(peer.addressKind());
        if (kind != Address.Kind.IPC && kind != Address.Kind.UDP) {
            return null;
        }
        if (kind == Address.Kind.IPC) {
            return ipc(termLength);
        }
        Address address = peer.toPeer().address();
        if (!isOneHost(InetAddress.ofLiteral(address.host()))) {
            return null;
        }
        return publication(termLength)
                .media(CommonContext.UDP_MEDIA)
                .endpoint(address.host() + ":" + address.port())
                .build();
    }

    private static ChannelUriStringBuilder publication(int termLength) {
        return new ChannelUriStringBuilder().termLength(termLength).sparse(true);
    }

    /// Where a subscription listens really: a port of 0 has become a number.
    ///
    /// @param driver does the driver's work meanwhile; null if it has threads of its own
    static Address localAddress(
            AeronConfig config, Subscription subscription, AgentInvoker driver) {
        if (config.kind() == Address.Kind.IPC) {
            return Address.ipc(config.stream());
        }
        String endpoint =
                ChannelUri.parse(awaitBound(subscription, driver))
                        .get(CommonContext.ENDPOINT_PARAM_NAME);
        int port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
        return resolve(config.host(), port, config.stream());
    }

    /// The driver binds the port a moment after it has taken the subscription, and only then finds
    /// out that it cannot.
    private static String awaitBound(Subscription subscription, AgentInvoker driver) {
        long start = System.nanoTime();
        String channel = null;
        while (channel == null) {
            long status = subscription.channelStatus();
            if (status == ChannelEndpointStatus.ACTIVE) {
                channel = subscription.tryResolveChannelEndpointPort();
            } else if (status == ChannelEndpointStatus.ERRORED
                    || System.nanoTime() - start > BIND_TIMEOUT_NS) {
                throw new IllegalStateException(
                        "channel=%s: the driver cannot listen there; is the port taken?"
                                .formatted(subscription.channel()));
            } else if (driver == null) {
                LockSupport.parkNanos(BIND_POLL_NS);
            } else {
                driver.invoke();
            }
        }
        return channel;
    }

    private static Address resolve(String host, int port, int stream) {
        byte[] ip;
        try {
            InetAddress address = InetAddress.getByName(host);
            if (!isOneHost(address)) {
                throw new IllegalArgumentException(
                        "host=%s (%s): nobody can be reached by it"
                                .formatted(host, address.getHostAddress()));
            }
            ip = address.getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("host=" + host + ": does not resolve", e);
        }
        ByteBuffer bytes = ByteBuffer.wrap(ip);
        return ip.length == IPV4_BYTES
                ? Address.udp4(bytes.getInt(), port, stream)
                : Address.udp6(bytes.getLong(), bytes.getLong(), port, stream);
    }

    private static boolean isOneHost(InetAddress address) {
        return !address.isAnyLocalAddress()
                && !address.isMulticastAddress()
                && !address.getHostAddress().equals(BROADCAST);
    }

    private static String bracketed(String host) {
        return host.indexOf(':') >= 0 && host.charAt(0) != '[' ? "[" + host + "]" : host;
    }
}
