package ai.bytesandbrains.bench.demo;

import org.agrona.concurrent.Agent;

/// An agent that can be made to hang, as a process does that is suspended or collects garbage.
final class PausableAgent implements Agent {
    private final Agent delegate;
    private volatile boolean paused;

    PausableAgent(final Agent delegate) {
        this.delegate = delegate;
    }

    void pause(final boolean hang) {
        paused = hang;
    }

    @Override
    public void onStart() {
        delegate.onStart();
    }

    @Override
    public int doWork() throws Exception {
        return paused ? 0 : delegate.doWork();
    }

    @Override
    public void onClose() {
        delegate.onClose();
    }

    @Override
    public String roleName() {
        return delegate.roleName();
    }
}
