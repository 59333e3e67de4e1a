package ai.bytesandbrains.engine.simd;

/// What the system property `ai.bytesandbrains.simd` asks for.
enum VectorWidth {
    /// The width that the processor prefers; also what an unknown value counts as.
    AUTO(0),
    /// Plain Java.
    SCALAR(0),
    BITS_128(128),
    BITS_256(256),
    BITS_512(512);

    private final int bits;

    VectorWidth(int bits) {
        this.bits = bits;
    }

    /// {@return the value of the property}
    static String property() {
        return System.getProperty(Kernels.PROPERTY, "auto");
    }

    /// {@return what the property asks for}
    static VectorWidth requested() {
        return switch (property()) {
            case "scalar" -> SCALAR;
            case "128" -> BITS_128;
            case "256" -> BITS_256;
            case "512" -> BITS_512;
            default -> AUTO;
        };
    }

    /// {@return the width to run at: the one asked for, if the processor has it}
    ///
    /// @param preferredBits what the processor prefers
    int bitsOf(int preferredBits) {
        return bits == 0 || bits > preferredBits ? preferredBits : bits;
    }

    /// {@return in words why [#bitsOf] is what it is}
    ///
    /// @param preferredBits what the processor prefers
    String reason(int preferredBits) {
        String preferred = "the widest vector that the processor prefers";
        if (bits > preferredBits) {
            return preferred + ", it has no " + bits + " bits";
        }
        if (bits > 0) {
            return "asked for by -D" + Kernels.PROPERTY + "=" + bits;
        }
        String value = property();
        return value.equals("auto") || this == SCALAR
                ? preferred
                : preferred + ", -D" + Kernels.PROPERTY + "=" + value + " ignored";
    }
}
