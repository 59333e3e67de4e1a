package ai.bytesandbrains.engine.simd;

/// How the warm-up calls one kernel of a family.
///
/// @param <K> the contract of the family
/// @param name the kernel, unique among all families
/// @param tiny calls it once (or a few times) with shapes of about a microsecond, such that in the
///     course of the calls every loop and every branch of the vector implementation is visited
/// @param tile calls it once with a shape of ten or more microseconds, to be timed
record KernelCase<K>(String name, Call<K> tiny, Call<K> tile) {
    /// One call.
    ///
    /// @param <K> the contract of the family
    interface Call<K> {
        /// Calls the kernel.
        ///
        /// @param kernels of which to call the one
        /// @param memory what to call it on
        void on(K kernels, WarmUpMemory memory);
    }
}
