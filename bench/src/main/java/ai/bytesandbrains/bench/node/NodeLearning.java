package ai.bytesandbrains.bench.node;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.gossippq.NodeSecrets;
import ai.bytesandbrains.engine.gossippq.VectorSource;
import ai.bytesandbrains.engine.index.CodedIndex;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.transport.aeron.CodebookLearning;
import ai.bytesandbrains.transport.aeron.LearnedCodebook;
import ai.bytesandbrains.transport.aeron.journal.NodeJournal;

import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.security.SecureRandom;

/// What a node needs to learn a codebook with the others of its network: its vectors, an index that
/// goes over to codes, and a journal if it is to go on after a restart.
///
/// Set up before the node, closed after it.
public final class NodeLearning implements AutoCloseable {
    private final NativeVectors vectors;
    private final NodeJournal journal;
    private final CodedIndex index;
    private final CodebookLearning learning;

    /// Opens the journal and fills the index.
    ///
    /// @param config what is learned; the same on all nodes of the network
    /// @param vectors what the node holds, under their row numbers, and contributes in every epoch;
    ///     from here on this one's, even if the journal cannot be opened
    /// @param journalFile where the node keeps what it needs after a restart; null for nowhere
    /// @param errors told if the journal cannot be written
    /// @throws IOException if the journal is in use, or is none
    public NodeLearning(
            final GossipPqConfig config,
            final NativeVectors vectors,
            final Path journalFile,
            final ErrorHandler errors)
            throws IOException {
        this.vectors = vectors;
        index =
                new CodedIndex(
                        config.metric().space(config.dimensions()),
                        new Int8Space(config.metric(), config.dimensions()));
        try {
            for (int row = 0; row < vectors.rows(); row++) {
                index.add(row, vectors.segment(), vectors.offset(row));
            }
            journal = journalFile == null ? null : NodeJournal.open(journalFile, config, errors);
        } catch (final IOException | RuntimeException e) {
            CloseHelper.quietCloseAll(index, vectors);
            throw e;
        }
        final NodeSecrets secrets =
                journal == null ? NodeSecrets.create(new SecureRandom()) : journal.secrets();
        learning = new CodebookLearning(config, secrets, new Rows(vectors)).encoding(index);
        if (journal != null) {
            learning.restoring(journal, journal);
        }
    }

    /// {@return the identity that the journal keeps; null without one}
    public PeerId id() {
        return journal == null ? null : journal.identity().id();
    }

    /// {@return what the node has learned so far; any thread}
    public LearnedCodebook learned() {
        return learning.learned();
    }

    /// {@return bytes that the protocol has sent; any thread}
    public long bytesSent() {
        return learning.bytesSent();
    }

    /// {@return items that came into the node's samples, those of its journal included; any thread}
    public long itemsTaken() {
        return learning.counters().itemsTaken();
    }

    CodedIndex index() {
        return index;
    }

    CodebookLearning extension() {
        return learning;
    }

    @Override
    public void close() {
        CloseHelper.closeAll(index, journal, vectors);
    }

    private record Rows(NativeVectors vectors) implements VectorSource {
        @Override
        public int rows() {
            return vectors.rows();
        }

        @Override
        public boolean copy(final int row, final MemorySegment into) {
            MemorySegment.copy(
                    vectors.segment(), vectors.offset(row), into, 0, vectors.strideBytes());
            return true;
        }
    }
}
