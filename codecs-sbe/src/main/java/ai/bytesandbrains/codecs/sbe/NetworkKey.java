package ai.bytesandbrains.codecs.sbe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// The key of a network; while it is being changed, two. Both are accepted, the first one seals. To
/// change the key of a running network give every node (old, new), then (new, old), then (new).
///
/// A key file holds a key in each line, 64 hexadecimal digits, one line or two; empty lines and
/// lines that begin with `#` are skipped. Nobody but its owner may have access to it.
///
/// Immutable.
public final class NetworkKey {

    /// The length of a key, in bytes.
    public static final int BYTES = 32;

    private static final int MAX_FILE_BYTES = 4096;
    private static final Set<PosixFilePermission> OWNERS =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private final byte[] first;
    private final byte[] second;

    private NetworkKey(byte[] first, byte[] second) {
        this.first = first;
        this.second = second;
    }

    /// {@return a key}
    ///
    /// @param key [#BYTES] bytes, drawn at random; copied
    /// @throws IllegalArgumentException if it has another length
    public static NetworkKey of(byte[] key) {
        return new NetworkKey(checked("key", key), null);
    }

    /// {@return a key and another one that is accepted as well}
    ///
    /// @param key seals; copied
    /// @param accepted is accepted as well; copied
    /// @throws IllegalArgumentException if one has another length than [#BYTES]
    public static NetworkKey of(byte[] key, byte[] accepted) {
        return new NetworkKey(checked("key", key), checked("accepted", accepted));
    }

    /// Reads a key file.
    ///
    /// @param file where it is
    /// @return what it holds
    /// @throws IOException if it cannot be read, is no key file, or others than its owner may have
    ///     access to it; the message names the file and never a key
    public static NetworkKey read(Path file) throws IOException {
        checkAccess(file);
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new IOException(
                    "keyFile=%s: longer than %d bytes".formatted(file, MAX_FILE_BYTES));
        }
        List<String> lines =
                Files.readAllLines(file).stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && line.charAt(0) != '#')
                        .toList();
        if (lines.isEmpty() || lines.size() > 2) {
            throw new IOException(
                    "keyFile=%s: %d keys, expected 1 or 2".formatted(file, lines.size()));
        }
        byte[] first = parsed(file, lines, 0);
        return lines.size() == 1 ? of(first) : of(first, parsed(file, lines, 1));
    }

    private static void checkAccess(Path file) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        if (!OWNERS.containsAll(permissions)) {
            throw new IOException(
                    "keyFile=%s permissions=%s: others have access; chmod 600 it"
                            .formatted(file, permissions));
        }
    }

    private static byte[] parsed(Path file, List<String> lines, int index) throws IOException {
        String line = lines.get(index);
        if (line.length() == 2 * BYTES) {
            try {
                return HexFormat.of().parseHex(line);
            } catch (IllegalArgumentException e) {
                // Its message would show part of the key.
                throw notAKey(file, index);
            }
        }
        throw notAKey(file, index);
    }

    private static IOException notAKey(Path file, int index) {
        return new IOException(
                "keyFile=%s: key %d is not %d hexadecimal digits"
                        .formatted(file, index + 1, 2 * BYTES));
    }

    private static byte[] checked(String name, byte[] key) {
        if (key.length != BYTES) {
            throw new IllegalArgumentException(
                    "%s.length=%d: expected %d".formatted(name, key.length, BYTES));
        }
        return key.clone();
    }

    byte[] first() {
        return first;
    }

    /// Null if there is none.
    byte[] second() {
        return second;
    }

    /// {@return how many keys it holds, and none of them}
    @Override
    public String toString() {
        return second == null ? "NetworkKey[1 key]" : "NetworkKey[2 keys]";
    }
}
