package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.codecs.sbe.NetworkKey;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/// The option of a network's key, as a mixin.
public final class KeyFile {
    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description =
                    "The network's key: one line of 64 hexadecimal digits, or two while keys are"
                            + " changed, the first of which seals (default: a network without a"
                            + " key).")
    private Path file;

    /// Made by picocli, which fills the field.
    public KeyFile() {}

    /// Reads the key; null without one.
    ///
    /// @throws UsageException that names the option, the file and what is wrong with it
    NetworkKey key() {
        if (file == null) {
            return null;
        }
        try {
            return NetworkKey.read(file);
        } catch (final IOException e) {
            throw new UsageException("--key-file " + file + ": " + e.getMessage(), e);
        }
    }
}
