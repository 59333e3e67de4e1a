package ai.bytesandbrains.transport.aeron.journal;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Writes a journal anew without what is of no more use, if that is most of it: samples of epochs
/// that are over or whose codebook is final, and codebooks older than the one before the last. The
/// new file takes the old one's place in one step when it is on the disk.
final class Compaction {
    /// Files that are shorter are left as they are.
    static final long LEAST_BYTES = 4L << 20;

    private static final int NONE = -1;

    private final RecordFile old;
    private final RecordFile fresh;

    /// The last epoch, and whether there is a final codebook for it.
    private int epoch = NONE;

    private long space;
    private boolean isFinal;

    /// The last codebook of an epoch before that.
    private int previousRecord = NONE;

    private long previousSpace;

    /// While records are read: which one it is, and the space that they belong to.
    private int record;

    private long at;

    private Compaction(RecordFile old, RecordFile fresh) {
        this.old = old;
        this.fresh = fresh;
    }

    /// Looks at a journal, and writes it anew where that is worth it.
    static void run(Path path) throws IOException {
        run(path, LEAST_BYTES);
    }

    static void run(Path path, long least) throws IOException {
        Path other = RecordFile.beside(path, ".new");
        if (!Files.exists(path) || Files.size(path) < least) {
            return;
        }
        boolean worth;
        try (RecordFile old = RecordFile.open(path)) {
            Files.deleteIfExists(other);
            try (RecordFile fresh = RecordFile.open(other)) {
                new Compaction(old, fresh).copy();
                worth = 2 * fresh.size() < old.size();
                if (worth) {
                    fresh.force();
                }
            }
            if (worth) {
                Files.move(
                        other,
                        path,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(other);
            Files.deleteIfExists(RecordFile.beside(other, ".lock"));
        }
    }

    private void copy() throws IOException {
        old.read(this::look);
        record = 0;
        old.read(this::copyFirst);
        if (epoch != NONE) {
            record = 0;
            old.read(this::copyPrevious);
            writeEpoch(epoch, space);
            record = 0;
            old.read(this::copyLast);
        }
    }

    private void look(int type, MemorySegment payload) {
        switch (type) {
            case NodeRecords.EPOCH -> {
                int number = NodeRecords.epochOf(payload);
                long itsSpace = NodeRecords.spaceOf(payload);
                if (number != epoch || itsSpace != space) {
                    isFinal = false;
                }
                epoch = number;
                space = itsSpace;
            }
            case NodeRecords.FINAL -> isFinal |= NodeRecords.epochOf(payload) == epoch;
            default -> {}
        }
    }

    private void copyFirst(int type, MemorySegment payload) throws IOException {
        if (type == NodeRecords.IDENTITY || type == NodeRecords.SECRETS) {
            append(type, payload);
        }
        if (type == NodeRecords.EPOCH) {
            at = NodeRecords.spaceOf(payload);
        }
        if (type == NodeRecords.FINAL && NodeRecords.epochOf(payload) < epoch) {
            previousRecord = record;
            previousSpace = at;
        }
        record++;
    }

    private void copyPrevious(int type, MemorySegment payload) throws IOException {
        if (record == previousRecord) {
            writeEpoch(NodeRecords.epochOf(payload), previousSpace);
            append(type, payload);
        }
        record++;
    }

    private void copyLast(int type, MemorySegment payload) throws IOException {
        if (type == NodeRecords.EPOCH) {
            at = NodeRecords.spaceOf(payload);
        }
        boolean last = at == space && NodeRecords.epochOf(payload) == epoch;
        boolean wanted =
                isFinal
                        ? type == NodeRecords.FINAL
                        : type == NodeRecords.ITEMS || type == NodeRecords.CONTRIBUTED;
        if (last && wanted) {
            append(type, payload);
        }
        record++;
    }

    private void writeEpoch(int number, long itsSpace) throws IOException {
        long to = fresh.begin(NodeRecords.EPOCH_BYTES);
        NodeRecords.writeEpoch(fresh.segment(), to, number, itsSpace);
        fresh.commit(NodeRecords.EPOCH);
    }

    private void append(int type, MemorySegment payload) throws IOException {
        long to = fresh.begin((int) payload.byteSize());
        MemorySegment.copy(payload, 0, fresh.segment(), to, payload.byteSize());
        fresh.commit(type);
    }
}
