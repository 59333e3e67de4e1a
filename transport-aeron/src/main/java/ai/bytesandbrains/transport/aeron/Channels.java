package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import io.aeron.ChannelUri;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;
import io.aeron.Subscription;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/// Addresses as Aeron's channels. The text of a channel is made here, from checked numbers, and
/// nowhere else.
final class Channels {

    private static final int IPV4_BYTES = 4;
    private static final long BIND_POLL_NS = 100_000;
    private static final long BIND_TIMEOUT_NS = 5_000_000_000L;

    private Channels() {}

    static String ipc() {
        return CommonContext.IPC_CHANNEL;
    }

    static String udp(String host, int port) {
        return new ChannelUriStringBuilder()
                .media(CommonContext.UDP_MEDIA)
                .endpoint(bracketed(host) + ":" + port)
                .build();
    }

    /// The channel of a publication to a peer; null if Aeron does not reach this kind of address.
    static String to(PeerDescriptor peer, int termLength) {
        Address.Kind kind = Address.Kind.ofCode(peer.addressKind());
        if (kind != Address.Kind.IPC && kind != Address.Kind.UDP) {
            return null;
        }
        ChannelUriStringBuilder channel =
                new ChannelUriStringBuilder().termLength(termLength).sparse(true);
        if (kind == Address.Kind.IPC) {
            return channel.media(CommonContext.IPC_MEDIA).build();
        }
        Address address = peer.toPeer().address();
        return channel.media(CommonContext.UDP_MEDIA)
                .endpoint(address.host() + ":" + address.port())
                .build();
    }

    /// Where a subscription listens really: a port of 0 has become a number.
    static Address localAddress(AeronConfig config, Subscription subscription) {
        if (config.kind() == Address.Kind.IPC) {
            return Address.ipc(config.stream());
        }
        int port = config.port();
        if (port == 0) {
            String endpoint =
                    ChannelUri.parse(awaitResolved(subscription))
                            .get(CommonContext.ENDPOINT_PARAM_NAME);
            port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
        }
        return resolve(config.host(), port, config.stream());
    }

    /// The driver binds the port a moment after it has taken the subscription.
    private static String awaitResolved(Subscription subscription) {
        long start = System.nanoTime();
        String channel = subscription.tryResolveChannelEndpointPort();
        while (channel == null) {
            if (System.nanoTime() - start > BIND_TIMEOUT_NS) {
                throw new IllegalStateException(
                        "channel=" + subscription.channel() + ": the driver did not bind a port");
            }
            LockSupport.parkNanos(BIND_POLL_NS);
            channel = subscription.tryResolveChannelEndpointPort();
        }
        return channel;
    }

    private static Address resolve(String host, int port, int stream) {
        byte[] ip;
        try {
            ip = InetAddress.getByName(host).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("host=" + host + ": does not resolve", e);
        }
        ByteBuffer bytes = ByteBuffer.wrap(ip);
        return ip.length == IPV4_BYTES
                ? Address.udp4(bytes.getInt(), port, stream)
                : Address.udp6(bytes.getLong(), bytes.getLong(), port, stream);
    }

    private static String bracketed(String host) {
        return host.indexOf(':') >= 0 && host.charAt(0) != '[' ? "[" + host + "]" : host;
    }
}
