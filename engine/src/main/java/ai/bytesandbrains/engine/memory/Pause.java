package ai.bytesandbrains.engine.memory;

/// What a reader does between two looks at something that the writer is changing just now.
public final class Pause {
    private Pause() {}

    /// Lets another thread run: on a machine with fewer processors than threads the writer may be
    /// the one that waits for a processor.
    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it but the time it takes
    public static void briefly() {
        Thread.yield();
    }
}
