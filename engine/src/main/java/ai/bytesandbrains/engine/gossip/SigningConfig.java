package ai.bytesandbrains.engine.gossip;

/// The parameters of signed descriptors.
///
/// @param network what descriptors are signed for; those of other networks do not hold
/// @param verificationsPerPeriod the most proofs checked in a time of T, those that are known to
///     hold not counted; from 2. Half of them are for the answers to own requests, half for what
///     strangers send; each half comes evenly over T, and no more than one message's worth of it
///     can be saved up, so that no flood keeps a node busy for longer at a time
/// @param lifetimeNs a descriptor that was signed longer ago is not taken
/// @param maxClockSkewNs how far into the future a descriptor may have been signed
public record SigningConfig(
        long network, int verificationsPerPeriod, long lifetimeNs, long maxClockSkewNs) {

    private static final long MAX_TIME_NS = 1L << 60;

    /// Checks every field.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public SigningConfig {
        if (verificationsPerPeriod < 2) {
            throw new IllegalArgumentException(
                    "verificationsPerPeriod=%d: expected at least 2"
                            .formatted(verificationsPerPeriod));
        }
        requireTime("lifetimeNs", lifetimeNs);
        requireTime("maxClockSkewNs", maxClockSkewNs);
    }

    /// {@return 128 verifications in a period, a life of 256 periods but at least ten minutes,
    /// clocks that differ by a minute}
    ///
    /// @param network what descriptors are signed for
    /// @param periodNs T, of the gossip configuration
    public static SigningConfig defaults(long network, long periodNs) {
        return new SigningConfig(
                network, 128, Math.max(256 * periodNs, 600_000_000_000L), 60_000_000_000L);
    }

    private static void requireTime(String name, long value) {
        if (value < 1 || value > MAX_TIME_NS) {
            throw new IllegalArgumentException(
                    name + "=" + value + ": expected 1 to " + MAX_TIME_NS);
        }
    }
}
