package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.Vectors;
import ai.bytesandbrains.bench.demo.DemoLearning;
import ai.bytesandbrains.bench.demo.DemoNetwork;
import ai.bytesandbrains.bench.demo.QueryRun;
import ai.bytesandbrains.engine.codec.Codebook;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The last phase of `bb demo`: the peers learn one codebook from their own shares, go over from
/// vectors to codes, and are asked again.
final class DemoLearningRun {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(180);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Output output;
    private final DemoOptions options;
    private final DemoNetwork network;
    private final DemoLearning learning;
    private final QueryRun queries;
    private final List<Integer> able;

    /// A phase that has not begun.
    ///
    /// @param queries asks; what it has counted before is forgotten
    /// @param able the peers that run
    DemoLearningRun(
            final Output output,
            final DemoOptions options,
            final DemoNetwork network,
            final QueryRun queries,
            final List<Integer> able) {
        this.output = output;
        this.options = options;
        this.network = network;
        this.queries = queries;
        this.able = able;
        learning = network.learning();
    }

    DemoCodebook run(final Vectors base) {
        final Double seconds = learn();
        final Codebook codebook = learning.common(able);
        return new DemoCodebook(
                codebook != null,
                codebook == null ? null : codebook.idHex(),
                seconds == null ? null : Math.toIntExact(learning.rounds(able)),
                seconds,
                learning.bytesSent() / 1e6,
                base.rows() * learning.vectorBytes() / 1e6,
                seconds == null || options.k() < DemoRun.RECALL_AT ? null : recall(),
                learning.vectorBytes(),
                learning.codeBytes(),
                seconds == null
                        ? learning.vectorBytes()
                        : learning.codeBytes() + learning.rowBytes());
    }

    /// How long it took until all had codes of one codebook, in seconds; null if it took too long.
    /// A few who came to another one at first go over to that of the others.
    private Double learn() {
        final long start = System.nanoTime();
        learning.begin();
        boolean done = false;
        try (Progress progress = output.progress("peers with codes", able.size())) {
            while (!done && System.nanoTime() - start < TIMEOUT_NS) {
                network.requireHealthy();
                LockSupport.parkNanos(POLL_NS);
                final int encoded = learning.encoded(able);
                progress.stepTo(encoded);
                done = encoded == able.size() && learning.common(able) != null;
            }
        }
        for (final int peer : able) {
            final Codebook codebook = learning.learned(peer).codebook();
            output.note(
                    "%s has codebook %s"
                            .formatted(
                                    network.nameOf(network.node(peer).peer().id()),
                                    codebook == null ? "none" : codebook.idHex()));
        }
        return done ? (Double) ((System.nanoTime() - start) / 1e9) : null;
    }

    private double recall() {
        queries.reset();
        for (int query = 0; query < options.queries(); query++) {
            queries.ask(network.node(able.get(query % able.size())), query);
        }
        return queries.recall();
    }
}
