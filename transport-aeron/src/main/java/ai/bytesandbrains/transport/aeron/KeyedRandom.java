package ai.bytesandbrains.transport.aeron;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;

import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Chance that nobody outside can guess: the key stream of AES-128 in counter mode under a random
/// key. Request ids come from it, so an answer that fits was really asked for. Not thread-safe.
final class KeyedRandom implements RandomGenerator {

    private static final int BLOCK_BYTES = 4096;
    private static final int KEY_BYTES = 16;

    private final Cipher cipher;
    private final byte[] zeros = new byte[BLOCK_BYTES];
    private final byte[] block = new byte[BLOCK_BYTES];
    private final ByteBuffer words = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    private int next = BLOCK_BYTES;

    KeyedRandom() {
        SecureRandom seed = new SecureRandom();
        byte[] key = new byte[KEY_BYTES];
        byte[] counter = new byte[KEY_BYTES];
        seed.nextBytes(key);
        seed.nextBytes(counter);
        try {
            cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(key, "AES"),
                    new IvParameterSpec(counter));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES/CTR/NoPadding is not available", e);
        }
    }

    @Override
    public long nextLong() {
        if (next == BLOCK_BYTES) {
            try {
                cipher.update(zeros, 0, BLOCK_BYTES, block, 0);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("AES/CTR/NoPadding failed", e);
            }
            next = 0;
        }
        long word = words.getLong(next);
        next += Long.BYTES;
        return word;
    }
}
