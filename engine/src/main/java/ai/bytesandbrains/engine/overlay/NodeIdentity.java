package ai.bytesandbrains.engine.overlay;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;

/// An identity that can be proven: an Ed25519 key pair, and the peer id that is the SHA-256 hash of
/// the public key. Signs the node's own descriptor. Not thread-safe; allocates.
///
/// Source: RFC 8032 (Ed25519).
public final class NodeIdentity {

    /// The length of the secret that an identity is made from.
    public static final int SECRET_BYTES = 32;

    private static final String ALGORITHM = "Ed25519";

    private final PeerId id;
    private final byte[] publicKey;
    private final Signature signature;
    private final SignedBytes signedBytes = new SignedBytes();

    private NodeIdentity(KeyPair pair) {
        byte[] encoded = pair.getPublic().getEncoded();
        publicKey = new byte[DescriptorVerifier.KEY_BYTES];
        System.arraycopy(
                encoded, encoded.length - publicKey.length, publicKey, 0, publicKey.length);
        try {
            ByteBuffer hash =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(publicKey));
            id = new PeerId(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
            signature = Signature.getInstance(ALGORITHM);
            signature.initSign(pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 and SHA-256 are not available", e);
        }
    }

    /// {@return a new identity}
    public static NodeIdentity generate() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return of(secret);
    }

    /// Makes the identity of a secret; the same one each time.
    ///
    /// @param secret 32 bytes that nobody else knows (RFC 8032's private key)
    /// @return the identity
    /// @throws IllegalArgumentException if the secret has another length
    public static NodeIdentity of(byte[] secret) {
        if (secret.length != SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "secret.length=" + secret.length + ": expected " + SECRET_BYTES);
        }
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, new GivenBytes(secret.clone()));
            return new NodeIdentity(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 is not available", e);
        }
    }

    /// {@return the peer id: the hash of the public key}
    public PeerId id() {
        return id;
    }

    /// Signs a descriptor of this identity.
    ///
    /// @param descriptor names this identity and the address; gets the proof
    /// @param network the network that the proof is good for
    /// @param sequence grows with every start of the node, unsigned
    /// @param issuedAtMs the time, in milliseconds since 1970
    /// @throws IllegalArgumentException if the descriptor names somebody else
    public void sign(PeerDescriptor descriptor, long network, int sequence, long issuedAtMs) {
        boolean own =
                descriptor.shortId() == id.word0()
                        && descriptor.id1() == id.word1()
                        && descriptor.id2() == id.word2()
                        && descriptor.id3() == id.word3();
        if (!own) {
            throw new IllegalArgumentException(
                    "id0=0x%016x: not of the identity %s".formatted(descriptor.shortId(), id));
        }
        descriptor.signed(sequence, issuedAtMs);
        try {
            signature.update(signedBytes.of(descriptor, network));
            ByteBuffer key = ByteBuffer.wrap(publicKey);
            for (int i = 0; i < PeerDescriptor.KEY_WORDS; i++) {
                descriptor.proofWord(i, key.getLong());
            }
            ByteBuffer signed = ByteBuffer.wrap(signature.sign());
            for (int i = PeerDescriptor.KEY_WORDS; i < PeerDescriptor.PROOF_WORDS; i++) {
                descriptor.proofWord(i, signed.getLong());
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("signing failed", e);
        }
    }

    /// Makes the generator take the secret it is given: the JDK has no other way from a private key
    /// to its public one.
    private static final class GivenBytes extends SecureRandom {

        private static final long serialVersionUID = 1L;

        private final transient byte[] bytes;

        GivenBytes(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void nextBytes(byte[] into) {
            System.arraycopy(bytes, 0, into, 0, into.length);
        }
    }
}
