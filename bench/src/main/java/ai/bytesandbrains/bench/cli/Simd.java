package ai.bytesandbrains.bench.cli;

import jdk.incubator.vector.FloatVector;

/// Which SIMD species the distance kernels use, and why.
///
/// @param species the species' name, null without SIMD
/// @param reason one line
record Simd(String species, String reason) {
    /// Asks the JVM.
    static Simd inUse() {
        try {
            final var preferred = FloatVector.SPECIES_PREFERRED;
            return new Simd(
                    preferred.toString(),
                    "preferred by the JVM on " + System.getProperty("os.arch"));
        } catch (final LinkageError _) {
            return new Simd(null, "module jdk.incubator.vector is not resolved");
        }
    }
}
