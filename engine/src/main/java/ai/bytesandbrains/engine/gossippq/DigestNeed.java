package ai.bytesandbrains.engine.gossippq;

import java.util.Arrays;

/// How many digests of ranges the next summary of each subspace is worth, from what came of the
/// last one. While samples fill, about every range differs from every peer's, and an answer has
/// room for the lowest of them alone: digests would tell nothing. Later only few differ, and then
/// those of all ranges are worth their bytes.
final class DigestNeed {
    /// Where more of the ranges than this differ, nothing is gained by naming them.
    private static final double DENSE = 0.9;

    /// Fewer differing ranges are no sign of it.
    private static final int FEW = 16;

    /// For each subspace, the share of its ranges, in parts of [KeyRanges#MOST].
    private final int[] shares;

    DigestNeed(int subspaces) {
        shares = new int[subspaces];
    }

    /// Forgets all: an epoch begins or ends, and samples are expected to differ everywhere.
    void clear() {
        Arrays.fill(shares, 0);
    }

    /// How many digests to send, of the lowest ranges of so many.
    int digests(int m, int ranges) {
        int wanted = (shares[m] * ranges + KeyRanges.MOST - 1) / KeyRanges.MOST;
        return (wanted + KeyRanges.DIGESTS - 1) & -KeyRanges.DIGESTS;
    }

    /// A peer's sample was the same.
    void same(int m) {
        shares[m] = KeyRanges.MOST;
    }

    /// A peer's answer was compared.
    ///
    /// @param m the subspace
    /// @param ranges of the exchange
    /// @param hashes of the answer
    /// @param found what came of them
    void compared(int m, int ranges, int hashes, Comparison found) {
        if (found.differing() >= FEW && found.differing() >= DENSE * found.reached()) {
            shares[m] = 0;
        } else if (2 * hashes >= HashLists.MAX_HASHES) {
            // The answer was full: the next one will not go much farther up.
            shares[m] = Math.min(KeyRanges.MOST, 2 * found.reached() * KeyRanges.MOST / ranges);
        } else {
            shares[m] = KeyRanges.MOST;
        }
    }
}
