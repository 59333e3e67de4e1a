package ai.bytesandbrains.bench.soak;

import ai.bytesandbrains.bench.node.NodeProcess;
import ai.bytesandbrains.bench.node.NodeQuestion;
import ai.bytesandbrains.bench.node.PeerText;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.transport.aeron.IdleMode;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Asks nodes as `bb query` does, each time from a node of its own, in a thread of its own.
final class Questions {

    private static final int K = 4;
    private static final int FIRST_STREAM = 1 << 20;

    /// Longer than any run: those who ask take part in no exchange.
    private static final long NO_EXCHANGES_NS = 1L << 50;

    private final SoakPlan plan;
    private final String directory;
    private final float[] query;
    private final List<Member> members;
    private final SplittableRandom random;
    private final SearchParameters parameters;
    private final AtomicInteger streams = new AtomicInteger(FIRST_STREAM);
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private final SoakTally tally = new SoakTally();
    private final Thread thread = new Thread(this::askUntilStopped, "bb-soak-questions");
    private final Semaphore asking = new Semaphore(1, true);
    private volatile boolean stopped;

    Questions(
            final SoakPlan plan,
            final String directory,
            final float[] query,
            final List<Member> members,
            final SplittableRandom random) {
        this.plan = plan;
        this.directory = directory;
        this.query = query;
        this.members = members;
        this.random = random;
        parameters =
                new SearchParameters(
                        K, SearchParameters.ALL, plan.deadlineNs(), QueryEncoding.FLOAT32);
    }

    void start() {
        thread.start();
    }

    /// Returns when the question on its way has been answered; there are no more until
    /// [#resume].
    void pause() {
        asking.acquireUninterruptibly();
    }

    void resume() {
        asking.release();
    }

    /// Returns when the last question has been answered; fails if asking has.
    void stop() {
        stopped = true;
        // Whoever fails while the questions pause leaves them so.
        asking.release();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        final RuntimeException failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("asking failed: " + failed.getMessage(), failed);
        }
    }

    SoakTally tally() {
        return tally;
    }

    private void askUntilStopped() {
        try {
            while (!stopped) {
                askOne(members.get(random.nextInt(members.size())));
            }
        } catch (final RuntimeException e) {
            failure.set(e);
        }
    }

    private void askOne(final Member member) {
        asking.acquireUninterruptibly();
        try {
            if (stopped) {
                return;
            }
            final int before = member.changes();
            final NodeQuestion asked = ask(member);
            if (asked.result() == null) {
                tally.unanswered(member.isUp() && member.changes() == before);
            } else {
                tally.answered(asked.result(), isRight(asked.result()));
            }
        } finally {
            asking.release();
        }
    }

    /// The query is the first vector of every node.
    private static boolean isRight(final SearchResult result) {
        return result.peersAnswered() == 0
                ? result.isPartial()
                : result.hits().getFirst().id() == 0 && result.hits().getFirst().distance() == 0;
    }

    /// Asks a node until it answers, and so many with it.
    void awaitAnswer(final Member member, final int peers, final long patienceNs) {
        final long start = System.nanoTime();
        NodeQuestion asked;
        do {
            if (System.nanoTime() - start > patienceNs) {
                throw new IllegalStateException(
                        "%s has not answered with %d peers in time"
                                .formatted(member.address(), peers));
            }
            asked = ask(member);
        } while (asked.result() == null || asked.result().peersAnswered() < peers);
    }

    private NodeQuestion ask(final Member member) {
        final GossipConfig gossip = GossipConfig.defaults();
        final String place = plan.udp() ? "127.0.0.1:0" : "ipc/" + streams.incrementAndGet();
        final NodeProcess.Setup setup =
                new NodeProcess.Setup(
                        PeerText.place(place),
                        SoakRun.NETWORK,
                        null,
                        directory,
                        gossip.withTimes(
                                NO_EXCHANGES_NS, gossip.requestTimeoutNs(), gossip.retryTimeNs()),
                        IdleMode.BACKOFF,
                        null);
        try (NodeProcess asker =
                new NodeProcess(setup, Metric.L2, query.length, null, Questions::onError)) {
            return NodeQuestion.ask(
                    asker, PeerText.peer(member.address(), SoakRun.NETWORK), query, parameters);
        }
    }

    private static void onError(final Throwable error) {
        throw new IllegalStateException("a node that asks failed: " + error.getMessage(), error);
    }
}
