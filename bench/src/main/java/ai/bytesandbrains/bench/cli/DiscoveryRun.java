package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.demo.DemoNetwork;
import ai.bytesandbrains.bench.demo.Views;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Tells peers of their seed and waits until they have found each other.
final class DiscoveryRun {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private DiscoveryRun() {}

    /// {@return the views as they were when all were full, or when the time was over}
    ///
    /// @param network peers that know nobody
    /// @param output shows how far they are
    static Views discover(final DemoNetwork network, final Output output) {
        final long start = System.nanoTime();
        network.bootstrap();
        Views views = network.views();
        try (Progress progress = output.progress("gossip: places in views", views.goal())) {
            while (!views.areFull() && System.nanoTime() - start < TIMEOUT_NS) {
                network.requireHealthy();
                LockSupport.parkNanos(POLL_NS);
                views = network.views();
                progress.stepTo(views.taken());
            }
        }
        return views;
    }
}
