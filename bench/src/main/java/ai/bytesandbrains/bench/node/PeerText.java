package ai.bytesandbrains.bench.node;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerId;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Peers and addresses as a user writes them:
///
/// ```
///   ipc/STREAM                          shared memory
///   [udp/]HOST:PORT[/STREAM]            the network; an IPv6 literal in brackets
///   IDENTITY@ADDRESS                    64 hexadecimal digits in front of one of these
/// ```
///
/// A node that was not told who it is takes the hash of its network's name and its address as its
/// identity, so its address is all that others need to know.
public final class PeerText {

    /// The stream of a UDP address that names none.
    public static final int DEFAULT_STREAM = 1001;

    private static final Pattern IPC = Pattern.compile("ipc/(\\d{1,9})");
    private static final Pattern UDP =
            Pattern.compile(
                    "(?:udp/)?(\\[[0-9a-fA-F:.]+]|[^\\[\\]/:@]+):(\\d{1,5})(?:/(\\d{1,9}))?");
    private static final int IPV4_BYTES = 4;
    private static final int MAX_PORT = 0xffff;

    private PeerText() {}

    /// Where a node is to listen.
    ///
    /// @param host null for shared memory
    /// @param port 0 for any free one, and for shared memory
    /// @param stream positive
    public record Place(String host, int port, int stream) {

        /// {@return whether it is on the network}
        public boolean isUdp() {
            return host != null;
        }

        /// {@return whether others know the address beforehand}
        public boolean isFixed() {
            return !isUdp() || port > 0;
        }

        /// {@return the address, once the port is known}
        ///
        /// @throws IllegalArgumentException if the host has no address
        public Address address() {
            if (!isUdp()) {
                return Address.ipc(stream);
            }
            final ByteBuffer ip;
            try {
                ip = ByteBuffer.wrap(InetAddress.getByName(host).getAddress());
            } catch (final UnknownHostException e) {
                throw new IllegalArgumentException("host " + host + " does not resolve", e);
            }
            return ip.capacity() == IPV4_BYTES
                    ? Address.udp4(ip.getInt(), port, stream)
                    : Address.udp6(ip.getLong(), ip.getLong(), port, stream);
        }
    }

    /// Reads a place.
    ///
    /// @param text what the user wrote
    /// @return the place
    /// @throws IllegalArgumentException that says what was expected
    public static Place place(final String text) {
        final Matcher ipc = IPC.matcher(text);
        final Matcher udp = UDP.matcher(text);
        final Place place;
        if (ipc.matches()) {
            place = new Place(null, 0, Integer.parseInt(ipc.group(1)));
        } else if (udp.matches()) {
            final String stream = Objects.requireNonNullElse(udp.group(3), "" + DEFAULT_STREAM);
            place =
                    new Place(
                            udp.group(1), Integer.parseInt(udp.group(2)), Integer.parseInt(stream));
        } else {
            throw notAnAddress(text);
        }
        if (place.stream() == 0 || place.port() > MAX_PORT) {
            throw notAnAddress(text);
        }
        return place;
    }

    /// Reads a peer.
    ///
    /// @param text what the user wrote
    /// @param network the network it belongs to
    /// @return the peer
    /// @throws IllegalArgumentException that says what was expected
    public static Peer peer(final String text, final String network) {
        final int at = text.indexOf('@');
        final Place place = place(text.substring(at + 1));
        if (!place.isFixed()) {
            throw new IllegalArgumentException("'" + text + "': nobody listens at port 0");
        }
        final Address address = place.address();
        final PeerId id = at < 0 ? idOf(network, address) : PeerId.parse(text.substring(0, at));
        return new Peer(id, address);
    }

    /// {@return the whole of a peer, as [#peer] reads it}
    ///
    /// @param peer the peer
    public static String of(final Peer peer) {
        return peer.id() + "@" + peer.address();
    }

    /// {@return the identity of a node that was told none}
    ///
    /// @param network the name of its network
    /// @param address where it listens
    public static PeerId idOf(final String network, final Address address) {
        try {
            final MessageDigest hash = MessageDigest.getInstance("SHA-256");
            final String text = network + "\n" + address;
            final ByteBuffer words =
                    ByteBuffer.wrap(hash.digest(text.getBytes(StandardCharsets.UTF_8)));
            return new PeerId(words.getLong(), words.getLong(), words.getLong(), words.getLong());
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is not available", e);
        }
    }

    private static IllegalArgumentException notAnAddress(final String text) {
        return new IllegalArgumentException(
                "'%s' is not an address: expected ipc/STREAM or HOST:PORT[/STREAM]"
                        .formatted(text));
    }
}
