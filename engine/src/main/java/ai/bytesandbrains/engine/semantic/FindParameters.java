package ai.bytesandbrains.engine.semantic;

/// What a caller wants of a find.
///
/// @param peers P, how many peers are wanted, from 1
/// @param beam L, among how many of the best the search goes on until all of them have answered,
///     from `peers`; more find better peers and ask more of them
/// @param farthest whether the farthest peers are wanted, for diversity, instead of the nearest
/// @param deadlineNs how long the find may take
public record FindParameters(int peers, int beam, boolean farthest, long deadlineNs) {

    /// The widest beam.
    public static final int MAX_BEAM = 64;

    /// Checks the fields.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public FindParameters {
        if (beam < 1 || beam > MAX_BEAM) {
            throw new IllegalArgumentException("beam=" + beam + ": expected 1 to " + MAX_BEAM);
        }
        if (peers < 1 || peers > beam) {
            throw new IllegalArgumentException("peers=" + peers + ": expected 1 to beam=" + beam);
        }
        if (deadlineNs <= 0 || deadlineNs > 1L << 50) {
            throw new IllegalArgumentException(
                    "deadlineNs=" + deadlineNs + ": expected 1 to " + (1L << 50));
        }
    }

    /// {@return the nearest peers, a beam of at least 10, two seconds}
    ///
    /// @param peers how many
    public static FindParameters nearest(int peers) {
        return new FindParameters(peers, Math.max(peers, 10), false, 2_000_000_000L);
    }

    /// {@return the farthest peers, a beam of at least 10, two seconds}
    ///
    /// @param peers how many
    public static FindParameters farthest(int peers) {
        return new FindParameters(peers, Math.max(peers, 10), true, 2_000_000_000L);
    }

    /// {@return the same with another beam}
    ///
    /// @param beam L
    public FindParameters withBeam(int beam) {
        return new FindParameters(peers, beam, farthest, deadlineNs);
    }
}
