package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.node.PeerText;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.transport.aeron.AeronDirectories;

import io.aeron.exceptions.AeronException;

import java.nio.file.Path;
import java.util.function.Supplier;

/// Addresses and drivers' directories among the options: what is wrong with them is a
/// [UsageException] that names the option.
final class Addresses {
    private Addresses() {}

    static PeerText.Place place(final String option, final String text) {
        return asked(
                option,
                () -> {
                    final PeerText.Place place = PeerText.place(text);
                    if (place.isFixed()) {
                        place.address();
                    }
                    return place;
                });
    }

    static Peer peer(final String option, final String text, final String network) {
        return asked(option, () -> PeerText.peer(text, network));
    }

    /// The directory as Aeron wants it; null stays null.
    static String aeronDirectory(final String option, final Path directory) {
        if (directory == null) {
            return null;
        }
        if (!AeronDirectories.hasDriver(directory)) {
            throw new UsageException(
                    "%s %s: no media driver runs there (bb driver starts one)"
                            .formatted(option, directory));
        }
        return directory.toAbsolutePath().toString();
    }

    /// Opens something at a place; what prevents it is the user's to know.
    static <T> T open(final String option, final String text, final Supplier<T> opening) {
        try {
            return opening.get();
        } catch (final IllegalArgumentException | IllegalStateException | AeronException e) {
            throw new UsageException("%s %s: %s".formatted(option, text, e.getMessage()), e);
        }
    }

    private static <T> T asked(final String option, final Supplier<T> reading) {
        try {
            return reading.get();
        } catch (final IllegalArgumentException e) {
            throw new UsageException(option + ": " + e.getMessage(), e);
        }
    }
}
