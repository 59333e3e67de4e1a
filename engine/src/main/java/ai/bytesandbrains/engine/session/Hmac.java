package ai.bytesandbrains.engine.session;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Objects;

/// HMAC-SHA256 (RFC 2104) over the JDK's SHA-256. The JDK's own `Mac` allocates 48 bytes for each
/// result and is no faster; here nothing is allocated after construction. Not thread-safe.
public final class Hmac {

    /// The length of a result, in bytes.
    public static final int BYTES = 32;

    private static final int BLOCK = 64;

    private final MessageDigest digest;
    private final byte[] inner = new byte[BLOCK];
    private final byte[] outer = new byte[BLOCK];

    /// Makes a function of one key.
    ///
    /// @param key 1 to 64 bytes; copied
    /// @throws IllegalArgumentException if the key is empty or longer
    public Hmac(byte[] key) {
        if (key.length == 0 || key.length > BLOCK) {
            throw new IllegalArgumentException(
                    "key.length=" + key.length + ": expected 1 to " + BLOCK);
        }
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is not available", e);
        }
        Arrays.fill(inner, (byte) 0x36);
        Arrays.fill(outer, (byte) 0x5c);
        for (int i = 0; i < key.length; i++) {
            inner[i] ^= key[i];
            outer[i] ^= key[i];
        }
    }

    /// Computes the HMAC of some bytes.
    ///
    /// @param bytes hold the message
    /// @param offset where it begins
    /// @param length in bytes
    /// @param result takes [#BYTES] bytes from its beginning
    public void compute(byte[] bytes, int offset, int length, byte[] result) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        Objects.checkFromIndexSize(0, BYTES, result.length);
        try {
            digest.update(inner);
            digest.update(bytes, offset, length);
            digest.digest(result, 0, BYTES);
            digest.update(outer);
            digest.update(result, 0, BYTES);
            digest.digest(result, 0, BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 failed", e);
        }
    }
}
