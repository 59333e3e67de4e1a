package ai.bytesandbrains.engine.search;

/// What a distance in a result was measured on, and by whom.
public enum DistanceForm {
    /// On the vector, by the peer that has it: its word.
    EXACT(0),
    /// On the code of the vector under a codebook, by the peer that has it. What codes
    /// underestimate on average has been added.
    ADC(1),
    /// On the vector, which was fetched, by the node that asked.
    VERIFIED(2);

    private static final DistanceForm[] BY_CODE = {EXACT, ADC, VERIFIED};

    private final int code;

    DistanceForm(int code) {
        this.code = code;
    }

    /// {@return the number on the wire, which never changes; VERIFIED never travels}
    public int code() {
        return code;
    }

    /// Finds the form of distances that a peer has measured.
    ///
    /// @param code the number on the wire
    /// @return EXACT or ADC, or null if it is neither's
    public static DistanceForm ofCode(int code) {
        return code == EXACT.code || code == ADC.code ? BY_CODE[code] : null;
    }
}
