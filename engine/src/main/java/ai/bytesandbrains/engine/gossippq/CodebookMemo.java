package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.codec.Codebook;

/// Remembers what came out of a training, by the SHA-256 of all that went into it. Equal samples
/// give equal codebooks, so many simulated nodes on one machine need not train them all.
public interface CodebookMemo {

    /// Remembers nothing, and is not asked: what a real node uses.
    CodebookMemo NONE =
            new CodebookMemo() {
                @Override
                public boolean remembers() {
                    return false;
                }

                @Override
                public Codebook find(byte[] digest) {
                    return null;
                }

                @Override
                public void put(byte[] digest, Codebook codebook) {}
            };

    /// {@return whether it is worth asking}
    default boolean remembers() {
        return true;
    }

    /// {@return the codebook, or null}
    ///
    /// @param digest of what is to be trained from
    Codebook find(byte[] digest);

    /// Remembers a codebook.
    ///
    /// @param digest of what it was trained from
    /// @param codebook the codebook
    void put(byte[] digest, Codebook codebook);
}
