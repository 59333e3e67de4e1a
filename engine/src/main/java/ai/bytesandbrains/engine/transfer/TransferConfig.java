package ai.bytesandbrains.engine.transfer;

/// The bounds of a [Transfer].
///
/// @param fetches the most blobs fetched at once
/// @param servings the most windows being sent at once
/// @param maxBlobBytes the longest blob that is fetched
/// @param chunksPerPoll the most chunks sent in one poll
/// @param retryNs until chunks that do not come are asked for again
/// @param timeoutNs until a peer that sends nothing counts as silent
public record TransferConfig(
        int fetches,
        int servings,
        int maxBlobBytes,
        int chunksPerPoll,
        long retryNs,
        long timeoutNs) {

    private static final long MS = 1_000_000L;

    /// Checks every field.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public TransferConfig {
        check("fetches", fetches, 1 << 10);
        check("servings", servings, 1 << 10);
        check("maxBlobBytes", maxBlobBytes, 1 << 28);
        check("chunksPerPoll", chunksPerPoll, 1 << 10);
        if (retryNs < 1 || timeoutNs < retryNs) {
            throw new IllegalArgumentException(
                    "retryNs=%d timeoutNs=%d: expected 1 <= retryNs <= timeoutNs"
                            .formatted(retryNs, timeoutNs));
        }
    }

    /// {@return 4 fetches, 16 servings, blobs of 64 MiB, 8 chunks a poll, again after 200 ms,
    /// silent after 5 s}
    public static TransferConfig defaults() {
        return new TransferConfig(4, 16, 1 << 26, 8, 200 * MS, 5_000 * MS);
    }

    private static void check(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + "=" + value + ": expected 1 to " + most);
        }
    }
}
