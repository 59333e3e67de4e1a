package ai.bytesandbrains.transport.aeron.journal;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.gossippq.GossipPqHistory;
import ai.bytesandbrains.engine.gossippq.GossipPqLog;
import ai.bytesandbrains.engine.gossippq.ItemLayout;
import ai.bytesandbrains.engine.gossippq.NodeSecrets;
import ai.bytesandbrains.engine.overlay.NodeIdentity;

import org.agrona.ErrorHandler;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Objects;

/// What a node keeps on disk: its identity, the secrets of its contributions, its sample and its
/// final codebooks. A node that is restarted with it neither counts its data twice nor starts
/// empty.
///
/// ```
///   try (NodeJournal journal = NodeJournal.open(file, config, errors)) {
///       var learning = new CodebookLearning(config, journal.secrets(), vectors)
///               .restoring(journal, journal);
///       var node = NodeConfig.of("demo").withIdentity(journal.identity()).withExtension(learning);
///       ...                                      // closed after the node
///   }
/// ```
///
/// Identity and secrets are made with the file and are on the disk before [#open] returns. The
/// rest is mapped memory: it outlives the process, however that ends; what the operating system has
/// not written goes with the machine's power, and the sample is then gathered again from the peers.
///
/// The file is its owner's alone (0600 where there are such permissions): whoever reads it can be
/// this node. A second one that opens it is refused.
///
/// **Threads.** Opened and closed by any thread, written by the node's agent. Writing allocates
/// nothing but when the file grows; an error there is told to the error handler, once, and nothing
/// more is taken down.
public final class NodeJournal implements GossipPqLog, GossipPqHistory, AutoCloseable {
    private final GossipPqConfig config;
    private final ErrorHandler errors;
    private final RecordFile file;
    private NodeIdentity identity;
    private NodeSecrets secrets;
    private boolean failed;

    private NodeJournal(Path path, GossipPqConfig config, ErrorHandler errors) throws IOException {
        this.config = Objects.requireNonNull(config, "config");
        this.errors = Objects.requireNonNull(errors, "errors");
        Compaction.run(path);
        file = RecordFile.open(path);
        try {
            file.read(this::readOwn);
            complete();
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /// Opens a node's journal, or makes one. What is damaged at its end is cut off; what only took
    /// room is left out.
    ///
    /// @param path the file; its folder is there
    /// @param config what the node learns with
    /// @param errors told if the file cannot be written later
    /// @return the journal
    /// @throws IOException if the file is in use, is no journal, or of another version
    public static NodeJournal open(Path path, GossipPqConfig config, ErrorHandler errors)
            throws IOException {
        return new NodeJournal(path, config, errors);
    }

    /// {@return the node's identity, the same at each start}
    public NodeIdentity identity() {
        return identity;
    }

    /// {@return the secrets of its contributions, the same at each start}
    public NodeSecrets secrets() {
        return secrets;
    }

    /// {@return bytes that are taken down}
    public long size() {
        return file.size();
    }

    @Override
    public void replay(GossipPqLog log) {
        try {
            file.read((type, payload) -> NodeRecords.replay(type, payload, config, log));
        } catch (IOException e) {
            throw new IllegalStateException("a journal that was sound when it was opened", e);
        }
    }

    @Override
    public void onEpoch(int epoch, long space) {
        long at = begin(NodeRecords.EPOCH_BYTES);
        if (at >= 0) {
            NodeRecords.writeEpoch(file.segment(), at, epoch, space);
            file.commit(NodeRecords.EPOCH);
        }
    }

    @Override
    public void onItems(int epoch, int subspace, int count, boolean weighted, MemorySegment items) {
        int itemBytes = ItemLayout.wireBytes(config.subspaceDimensions(), weighted);
        long at = begin(NodeRecords.ITEMS_BYTES + count * itemBytes);
        if (at >= 0) {
            NodeRecords.writeItems(
                    file.segment(), at, epoch, subspace, count, itemBytes, weighted, items);
            file.commit(NodeRecords.ITEMS);
        }
    }

    @Override
    public void onContributed(int epoch) {
        long at = begin(NodeRecords.CONTRIBUTED_BYTES);
        if (at >= 0) {
            file.segment().set(RecordLayout.INT, at, epoch);
            file.commit(NodeRecords.CONTRIBUTED);
        }
    }

    @Override
    public void onFinal(Codebook codebook, int epoch) {
        long at = begin(NodeRecords.finalBytes(codebook));
        if (at >= 0) {
            NodeRecords.writeFinal(file.segment(), at, epoch, codebook);
            file.commit(NodeRecords.FINAL);
        }
    }

    /// Makes room for a record; -1 if that cannot be done, now or since earlier.
    private long begin(int length) {
        if (failed) {
            return -1;
        }
        try {
            return file.begin(length);
        } catch (IOException e) {
            failed = true;
            errors.onError(e);
            return -1;
        }
    }

    private void readOwn(int type, MemorySegment payload) throws IOException {
        if (type == NodeRecords.IDENTITY) {
            identity = NodeIdentity.of(NodeRecords.readIdentity(payload));
        } else if (type == NodeRecords.SECRETS) {
            secrets = NodeRecords.readSecrets(payload);
        }
    }

    /// Makes what a node has from its first start on, if this is it.
    private void complete() throws IOException {
        if (identity != null && secrets != null) {
            return;
        }
        SecureRandom random = new SecureRandom();
        if (identity == null) {
            byte[] secret = new byte[NodeIdentity.SECRET_BYTES];
            random.nextBytes(secret);
            identity = NodeIdentity.of(secret);
            long at = file.begin(secret.length);
            MemorySegment.copy(secret, 0, file.segment(), ValueLayout.JAVA_BYTE, at, secret.length);
            file.commit(NodeRecords.IDENTITY);
        }
        if (secrets == null) {
            secrets = NodeSecrets.create(random);
            long at = file.begin(NodeRecords.SECRETS_BYTES);
            NodeRecords.writeSecrets(file.segment(), at, secrets);
            file.commit(NodeRecords.SECRETS);
        }
        file.force();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
