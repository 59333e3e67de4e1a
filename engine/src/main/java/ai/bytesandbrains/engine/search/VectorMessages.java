package ai.bytesandbrains.engine.search;

/// How many vectors fit into a message of a node's transport. A node asks for float32 if at least
/// one fits, else for int8.
///
/// @param float32s as [QueryEncoding#FLOAT32], 0 if none does
/// @param int8s as [QueryEncoding#INT8], 0 if none does; then no vectors are fetched at all
public record VectorMessages(int float32s, int int8s) {

    /// The most vectors in one message, whatever fits.
    public static final int MAX = 256;

    /// Checks the fields.
    ///
    /// @throws IllegalArgumentException if one is negative
    public VectorMessages {
        if (float32s < 0 || int8s < 0) {
            throw new IllegalArgumentException(
                    "float32s=%d int8s=%d: expected at least 0".formatted(float32s, int8s));
        }
        float32s = Math.min(float32s, MAX);
        int8s = Math.min(int8s, MAX);
    }

    int fitting(QueryEncoding encoding) {
        return encoding == QueryEncoding.FLOAT32 ? float32s : int8s;
    }

    /// What a node asks for; null if nothing fits.
    QueryEncoding encoding() {
        QueryEncoding small = int8s > 0 ? QueryEncoding.INT8 : null;
        return float32s > 0 ? QueryEncoding.FLOAT32 : small;
    }
}
