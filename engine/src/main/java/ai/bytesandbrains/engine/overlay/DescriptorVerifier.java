package ai.bytesandbrains.engine.overlay;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;

/// Tells whether the proof of a signed descriptor holds. A check of the identity is a hash, one of
/// the signature some hundred times dearer. Not thread-safe; allocates.
public final class DescriptorVerifier {

    static final int KEY_BYTES = PeerDescriptor.KEY_WORDS * Long.BYTES;

    private static final int SIGNATURE_BYTES =
            (PeerDescriptor.PROOF_WORDS - PeerDescriptor.KEY_WORDS) * Long.BYTES;

    /// What comes before the 32 bytes of an Ed25519 key in its X.509 form (RFC 8410, section 4).
    private static final byte[] X509_PREFIX = {
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
    };

    private final MessageDigest digest;
    private final KeyFactory keys;
    private final Signature signature;
    private final SignedBytes signedBytes = new SignedBytes();
    private final byte[] key = new byte[X509_PREFIX.length + KEY_BYTES];
    private final byte[] signed = new byte[SIGNATURE_BYTES];

    /// Makes a verifier.
    public DescriptorVerifier() {
        System.arraycopy(X509_PREFIX, 0, key, 0, X509_PREFIX.length);
        try {
            digest = MessageDigest.getInstance("SHA-256");
            keys = KeyFactory.getInstance("Ed25519");
            signature = Signature.getInstance("Ed25519");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 and SHA-256 are not available", e);
        }
    }

    /// {@return whether the identity is the hash of the public key in the proof}
    ///
    /// @param descriptor a signed descriptor
    public boolean isIdOfKey(PeerDescriptor descriptor) {
        readKey(descriptor);
        digest.update(key, X509_PREFIX.length, KEY_BYTES);
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return hash.getLong() == descriptor.shortId()
                && hash.getLong() == descriptor.id1()
                && hash.getLong() == descriptor.id2()
                && hash.getLong() == descriptor.id3();
    }

    /// {@return whether the signature is that of the key in the proof, over this descriptor}
    ///
    /// @param descriptor a signed descriptor
    /// @param network the network that the proof must be good for
    public boolean isSignedByKey(PeerDescriptor descriptor, long network) {
        readKey(descriptor);
        ByteBuffer words = ByteBuffer.wrap(signed);
        for (int i = PeerDescriptor.KEY_WORDS; i < PeerDescriptor.PROOF_WORDS; i++) {
            words.putLong(descriptor.proofWord(i));
        }
        try {
            signature.initVerify(keys.generatePublic(new X509EncodedKeySpec(key)));
            signature.update(signedBytes.of(descriptor, network));
            return signature.verify(signed);
        } catch (InvalidKeySpecException | InvalidKeyException | SignatureException e) {
            // Not a point of the curve, or not a number below its order: not a signature.
            return false;
        }
    }

    private void readKey(PeerDescriptor descriptor) {
        ByteBuffer words = ByteBuffer.wrap(key, X509_PREFIX.length, KEY_BYTES);
        for (int i = 0; i < PeerDescriptor.KEY_WORDS; i++) {
            words.putLong(descriptor.proofWord(i));
        }
    }
}
