package ai.bytesandbrains.bench.cli;

/// Something that is done when the process is told to end, unless this was closed before.
final class AtShutdown implements AutoCloseable {
    private final Thread hook;

    AtShutdown(final String name, final Runnable action) {
        hook = new Thread(action, name);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException _) {
            // The process is ending: the hook runs already.
        }
    }
}
