package ai.bytesandbrains.engine.overlay;

/// Where a peer can be reached: a fixed-size struct, never a channel string, so that nothing that
/// arrives from outside is ever parsed into a configuration.
///
/// @param kind the transport
/// @param ipHigh the upper half of the 16-byte IP address (IPv4 is mapped: `::ffff:a.b.c.d`); zero
///     unless `kind` is [Kind#UDP]
/// @param ipLow the lower half
/// @param port the UDP port, 1 to 65,535; zero unless `kind` is [Kind#UDP]
/// @param stream the stream (or, in memory, the mailbox) the peer reads; positive
public record Address(Kind kind, long ipHigh, long ipLow, int port, int stream) {

    /// The transports an address can name.
    public enum Kind {
        /// Shared memory between processes on one machine.
        IPC(1),
        /// UDP over IPv4 or IPv6.
        UDP(2),
        /// Queues inside one process.
        MEMORY(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /// {@return the number of this kind on the wire, which never changes}
        public int code() {
            return code;
        }

        /// Finds a kind by its number.
        ///
        /// @param code the number on the wire
        /// @return the kind, or null if there is none with this number
        public static Kind ofCode(int code) {
            return switch (code) {
                case 1 -> IPC;
                case 2 -> UDP;
                case 3 -> MEMORY;
                default -> null;
            };
        }
    }

    private static final long IPV4_MAPPED = 0x0000_ffff_0000_0000L;
    private static final int PORT_SHIFT = 32;
    private static final int KIND_SHIFT = 48;
    private static final int MAX_PORT = 0xffff;
    private static final int MAX_KIND = 0xff;

    /// Checks the fields against each other.
    ///
    /// @throws IllegalArgumentException if they contradict each other
    public Address {
        if (kind == null || !isValid(kind.code(), ipHigh, ipLow, port, stream)) {
            throw new IllegalArgumentException(
                    "kind=%s ip=%016x%016x port=%d stream=%d: not an address"
                            .formatted(kind, ipHigh, ipLow, port, stream));
        }
    }

    /// Tells whether the fields of an address, as they come from the wire, make one. The one rule
    /// that construction and admission share; allocates nothing.
    ///
    /// @param kindCode a [Kind#code]
    /// @param ipHigh the upper half of the IP address
    /// @param ipLow the lower half
    /// @param port the port
    /// @param stream the stream
    /// @return whether they do
    public static boolean isValid(int kindCode, long ipHigh, long ipLow, int port, int stream) {
        return isValid(ipHigh, ipLow, place(kindCode, port, stream));
    }

    /// Tells the same of an address whose kind, port and stream are in one word.
    ///
    /// @param ipHigh the upper half of the IP address
    /// @param ipLow the lower half
    /// @param place from [#place]
    /// @return whether they make an address
    public static boolean isValid(long ipHigh, long ipLow, long place) {
        boolean hasIp = (ipHigh | ipLow) != 0;
        boolean hasPort = portOf(place) != 0;
        return switch (kindOf(place)) {
            case 1, 3 -> !hasIp && !hasPort && streamOf(place) > 0;
            case 2 -> hasIp && hasPort && streamOf(place) > 0;
            default -> false;
        };
    }

    /// {@return kind, port and stream in one word, as tables and messages keep them: the stream in
    /// the lower half, then 16 bits of the port, 8 of the kind and 8 that are zero. A kind or port
    /// that does not fit there becomes a word that no valid address has}
    ///
    /// @param kindCode a [Kind#code]
    /// @param port the port
    /// @param stream the stream
    public static long place(int kindCode, int port, int stream) {
        boolean fits = (kindCode & MAX_KIND) == kindCode && (port & MAX_PORT) == port;
        long upper = ((long) kindCode << KIND_SHIFT) | ((long) port << PORT_SHIFT);
        return fits ? upper | Integer.toUnsignedLong(stream) : 0;
    }

    static int kindOf(long place) {
        return (int) (place >>> KIND_SHIFT);
    }

    static int portOf(long place) {
        return (int) (place >>> PORT_SHIFT) & MAX_PORT;
    }

    static int streamOf(long place) {
        return (int) place;
    }

    long place() {
        return place(kind.code, port, stream);
    }

    /// {@return an address in shared memory}
    ///
    /// @param stream the stream the peer reads; positive
    public static Address ipc(int stream) {
        return new Address(Kind.IPC, 0, 0, 0, stream);
    }

    /// {@return a mailbox of an in-memory network}
    ///
    /// @param mailbox its number; positive
    public static Address memory(int mailbox) {
        return new Address(Kind.MEMORY, 0, 0, 0, mailbox);
    }

    /// {@return a UDP address over IPv4}
    ///
    /// @param ipv4 the four bytes, the first one most significant
    /// @param port 1 to 65,535
    /// @param stream the stream the peer reads; positive
    public static Address udp4(int ipv4, int port, int stream) {
        return new Address(Kind.UDP, 0, IPV4_MAPPED | (ipv4 & 0xffff_ffffL), port, stream);
    }

    /// {@return a UDP address over IPv6}
    ///
    /// @param ipHigh the upper half of the IP address
    /// @param ipLow the lower half
    /// @param port 1 to 65,535
    /// @param stream the stream the peer reads; positive
    public static Address udp6(long ipHigh, long ipLow, int port, int stream) {
        return new Address(Kind.UDP, ipHigh, ipLow, port, stream);
    }

    /// {@return whether the IP address is an IPv4 one}
    public boolean isIpv4() {
        return ipHigh == 0 && (ipLow >>> 32) == (IPV4_MAPPED >>> 32);
    }

    /// {@return `ipc/STREAM`, `memory/MAILBOX` or `udp/IP:PORT/STREAM`}
    @Override
    public String toString() {
        return switch (kind) {
            case IPC -> "ipc/" + stream;
            case MEMORY -> "memory/" + stream;
            case UDP -> "udp/" + host() + ":" + port + "/" + stream;
        };
    }

    /// {@return the IP address as a literal, an IPv6 one in brackets; meaningful for
    /// [Kind#UDP] only}
    public String host() {
        if (isIpv4()) {
            return "%d.%d.%d.%d"
                    .formatted(
                            ipLow >>> 24 & 0xff,
                            ipLow >>> 16 & 0xff,
                            ipLow >>> 8 & 0xff,
                            ipLow & 0xff);
        }
        StringBuilder text = new StringBuilder("[");
        for (int group = 0; group < 8; group++) {
            long half = group < 4 ? ipHigh : ipLow;
            text.append(group == 0 ? "" : ":")
                    .append(Long.toHexString(half >>> (48 - 16 * (group & 3)) & 0xffff));
        }
        return text.append(']').toString();
    }
}
