package ai.bytesandbrains.engine.gossippq;

import java.util.random.RandomGenerator;

/// What a node keeps for as long as it has its data, restarts included: with it the same row gives
/// the same items again, so nothing is counted twice.
///
/// @param origin names the node as the origin of items, not 0; it is no peer's identity
/// @param shuffle hides which row an item is of, and that two items are of one row
public record NodeSecrets(int origin, long shuffle) {
    /// Checks the origin.
    ///
    /// @throws IllegalArgumentException if it is 0
    public NodeSecrets {
        if (origin == 0) {
            throw new IllegalArgumentException("origin=0: expected another number");
        }
    }

    /// {@return secrets of a new node}
    ///
    /// @param random a cryptographic generator in real nodes
    public static NodeSecrets create(RandomGenerator random) {
        int origin;
        do {
            origin = random.nextInt();
        } while (origin == 0);
        return new NodeSecrets(origin, random.nextLong());
    }

    /// {@return only that there are secrets}
    @Override
    public String toString() {
        return "NodeSecrets[]";
    }
}
