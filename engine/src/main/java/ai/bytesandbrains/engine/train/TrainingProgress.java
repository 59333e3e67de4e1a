package ai.bytesandbrains.engine.train;

/// Follows a training and may end it.
@FunctionalInterface
public interface TrainingProgress {
    /// Goes on to the end without telling anybody.
    TrainingProgress NONE = (done, total) -> true;

    /// Called on the thread that trains, after each piece of the work.
    ///
    /// @param done pieces that are done; grows from call to call
    /// @param total pieces that a training which does not converge early takes
    /// @return whether to go on; if not, the training throws [TrainingCancelledException]
    boolean onProgress(long done, long total);
}
