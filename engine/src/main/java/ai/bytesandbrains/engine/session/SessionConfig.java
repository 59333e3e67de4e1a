package ai.bytesandbrains.engine.session;

/// The bounds of a [Handshake].
///
/// @param sessions the most peers whose incarnation and sequence are remembered
/// @param pending the most handshakes of its own at once
/// @param retryNs until a HELLO without an answer is sent again
/// @param timeoutNs until a peer that answers none counts as unreachable
/// @param protectNs a peer that was heard from so recently moves to no other address
/// @param challengesPerSecond the most answers to strangers
public record SessionConfig(
        int sessions,
        int pending,
        long retryNs,
        long timeoutNs,
        long protectNs,
        int challengesPerSecond) {

    private static final long SECOND_NS = 1_000_000_000L;

    /// Checks every field.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public SessionConfig {
        check("sessions", sessions, 1 << 20);
        check("pending", pending, 1 << 12);
        check("challengesPerSecond", challengesPerSecond, 1 << 20);
        if (retryNs < 1 || timeoutNs < retryNs) {
            throw new IllegalArgumentException(
                    "retryNs=%d timeoutNs=%d: expected 1 <= retryNs <= timeoutNs"
                            .formatted(retryNs, timeoutNs));
        }
        if (protectNs < 0) {
            throw new IllegalArgumentException("protectNs=" + protectNs + ": expected >= 0");
        }
    }

    /// {@return 1,024 sessions, 64 handshakes, a HELLO every 0.5 s for 5 s, 30 s of protection, 256
    /// challenges a second}
    public static SessionConfig defaults() {
        return new SessionConfig(1024, 64, SECOND_NS / 2, 5 * SECOND_NS, 30 * SECOND_NS, 256);
    }

    private static void check(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + "=" + value + ": expected 1 to " + most);
        }
    }
}
