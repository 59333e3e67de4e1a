package ai.bytesandbrains.engine.gossippq;

/// Remembers what came out of the training of a subspace, by the SHA-256 of all that went into it.
/// Equal samples give equal centroids, so many simulated nodes on one machine need not train them
/// all.
public interface CodebookMemo {

    /// Remembers nothing, and is not asked: what a real node uses.
    CodebookMemo NONE =
            new CodebookMemo() {
                @Override
                public boolean remembers() {
                    return false;
                }

                @Override
                public TrainedSubspace find(byte[] digest) {
                    return null;
                }

                @Override
                public void put(byte[] digest, TrainedSubspace trained) {}
            };

    /// {@return whether it is worth asking}
    default boolean remembers() {
        return true;
    }

    /// {@return what came out, or null}
    ///
    /// @param digest of what is to be trained from
    TrainedSubspace find(byte[] digest);

    /// Remembers a training.
    ///
    /// @param digest of what it was trained from
    /// @param trained what came out
    void put(byte[] digest, TrainedSubspace trained);
}
