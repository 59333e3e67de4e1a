package ai.bytesandbrains.engine.simd;

/// What one kernel runs on at the moment.
///
/// @param kernel its name
/// @param state what serves it
/// @param remark why, for people; empty if there is nothing to say
public record KernelStatus(String kernel, State state, String remark) {
    /// What serves a kernel.
    public enum State {
        /// Plain Java for now, the vector implementation is being compiled.
        WARMING,
        /// The Vector API.
        VECTOR,
        /// Plain Java for good.
        SCALAR
    }
}
