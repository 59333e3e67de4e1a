package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.node.NodeLearning;
import ai.bytesandbrains.bench.node.NodeProcess;
import ai.bytesandbrains.transport.aeron.LearnedCodebook;

import java.util.concurrent.TimeUnit;

/// Prints what a node has learned whenever that changes: a codebook that is final, or that the
/// index has gone over to.
///
/// For one thread, which is not the node's own.
final class LearningNews {
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Output output;
    private final NodeLearning learning;
    private Learned told;

    LearningNews(final Output output, final NodeLearning learning) {
        this.output = output;
        this.learning = learning;
    }

    /// Prints until the node is closed or has failed.
    void tellUntilEndOf(final NodeProcess process) throws InterruptedException {
        do {
            final LearnedCodebook learned = learning.learned();
            if (learned.isFinal() && learned.codebook() != null) {
                tell(learned);
            }
        } while (!process.awaitEnd(POLL_NS));
    }

    private void tell(final LearnedCodebook learned) {
        final String id = learned.codebook().idHex();
        if (told == null
                || told.epoch != learned.epoch()
                || told.encoded != learned.encoded()
                || !told.codebook.equals(id)) {
            told =
                    new Learned(
                            learned.epoch(),
                            id,
                            learned.encoded(),
                            learned.rounds(),
                            learning.itemsTaken(),
                            learning.bytesSent() / 1e6);
            output.print(told);
        }
    }

    /// A final codebook.
    ///
    /// @param epoch its epoch
    /// @param codebook its id
    /// @param encoded whether the index has gone over to it
    /// @param rounds of the epoch until then
    /// @param itemsTaken items that came into the node's samples, those of its journal included
    /// @param megabytesSent by the protocol since the node was started
    record Learned(
            int epoch,
            String codebook,
            boolean encoded,
            long rounds,
            long itemsTaken,
            double megabytesSent)
            implements Report {
        @Override
        public String table() {
            return new TextTable()
                    .heading("codebook")
                    .row("codebook", codebook)
                    .row("epoch", epoch)
                    .row("rounds", (int) rounds)
                    .row("codes", encoded)
                    .row("items taken", (int) itemsTaken)
                    .row("sent", megabytesSent, " MB")
                    .toString();
        }
    }
}
