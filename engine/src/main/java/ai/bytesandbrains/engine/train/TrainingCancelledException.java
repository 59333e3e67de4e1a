package ai.bytesandbrains.engine.train;

/// Thrown out of a training that its [TrainingProgress] has ended; nothing was learnt.
public final class TrainingCancelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// A training that was ended.
    ///
    /// @param done pieces of the work that were done
    /// @param total pieces that it would have taken
    public TrainingCancelledException(long done, long total) {
        super("training was cancelled: done=" + done + " total=" + total);
    }
}
