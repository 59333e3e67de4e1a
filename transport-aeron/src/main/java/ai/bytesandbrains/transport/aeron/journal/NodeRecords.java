package ai.bytesandbrains.transport.aeron.journal;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.gossippq.GossipPqLog;
import ai.bytesandbrains.engine.gossippq.ItemLayout;
import ai.bytesandbrains.engine.gossippq.NodeSecrets;
import ai.bytesandbrains.engine.overlay.NodeIdentity;
import ai.bytesandbrains.engine.space.Metric;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The records of a node's journal: their numbers, and their payloads, little-endian.
///
/// ```
///   IDENTITY     the secret of the identity, 32 bytes
///   SECRETS      origin, int; 0, int; shuffle secret, long
///   EPOCH        epoch, int; 0, int; space, long
///   ITEMS        epoch, int; subspace, int; count, int; bytes of an item, short; weighted, short;
///                items in their wire form
///   CONTRIBUTED  epoch, int
///   FINAL        epoch, int; metric, int (1 l2, 2 cosine, 3 inner product); dimensions, int;
///                subspaces, int; bits, int; 0, int; training error, double; id, 16 bytes;
///                centroids in half precision
/// ```
final class NodeRecords {
    static final int IDENTITY = 1;
    static final int SECRETS = 2;
    static final int EPOCH = 3;
    static final int ITEMS = 4;
    static final int CONTRIBUTED = 5;
    static final int FINAL = 6;

    static final int SECRETS_BYTES = 16;
    static final int EPOCH_BYTES = 16;
    static final int ITEMS_BYTES = 16;
    static final int CONTRIBUTED_BYTES = 4;
    static final int FINAL_BYTES = 48;

    private static final Metric[] METRICS = {null, Metric.L2, Metric.COSINE, Metric.INNER_PRODUCT};

    private NodeRecords() {}

    static void writeSecrets(MemorySegment to, long at, NodeSecrets secrets) {
        to.set(RecordLayout.INT, at, secrets.origin());
        to.set(RecordLayout.INT, at + 4, 0);
        to.set(RecordLayout.LONG, at + 8, secrets.shuffle());
    }

    static NodeSecrets readSecrets(MemorySegment payload) throws IOException {
        require(payload, payload.byteSize() == SECRETS_BYTES);
        int origin = payload.get(RecordLayout.INT, 0);
        require(payload, origin != 0);
        return new NodeSecrets(origin, payload.get(RecordLayout.LONG, 8));
    }

    static byte[] readIdentity(MemorySegment payload) throws IOException {
        require(payload, payload.byteSize() == NodeIdentity.SECRET_BYTES);
        return payload.toArray(ValueLayout.JAVA_BYTE);
    }

    static void writeEpoch(MemorySegment to, long at, int epoch, long space) {
        to.set(RecordLayout.INT, at, epoch);
        to.set(RecordLayout.INT, at + 4, 0);
        to.set(RecordLayout.LONG, at + 8, space);
    }

    static int epochOf(MemorySegment payload) {
        return payload.get(RecordLayout.INT, 0);
    }

    static long spaceOf(MemorySegment payload) {
        return payload.get(RecordLayout.LONG, 8);
    }

    static void writeItems(
            MemorySegment to,
            long at,
            int epoch,
            int subspace,
            int count,
            int itemBytes,
            boolean weighted,
            MemorySegment items) {
        to.set(RecordLayout.INT, at, epoch);
        to.set(RecordLayout.INT, at + 4, subspace);
        to.set(RecordLayout.INT, at + 8, count);
        to.set(RecordLayout.SHORT, at + 12, (short) itemBytes);
        to.set(RecordLayout.SHORT, at + 14, (short) (weighted ? 1 : 0));
        MemorySegment.copy(items, 0, to, at + ITEMS_BYTES, (long) count * itemBytes);
    }

    static int finalBytes(Codebook codebook) {
        return Math.addExact(FINAL_BYTES, Math.multiplyExact(halves(codebook), Short.BYTES));
    }

    private static int halves(Codebook codebook) {
        return Math.multiplyExact(codebook.dimensions(), codebook.centroids());
    }

    static void writeFinal(MemorySegment to, long at, int epoch, Codebook codebook) {
        to.set(RecordLayout.INT, at, epoch);
        to.set(RecordLayout.INT, at + 4, Arrays.asList(METRICS).indexOf(codebook.metric()));
        to.set(RecordLayout.INT, at + 8, codebook.dimensions());
        to.set(RecordLayout.INT, at + 12, codebook.subspaces());
        to.set(RecordLayout.INT, at + 16, codebook.bits());
        to.set(RecordLayout.INT, at + 20, 0);
        to.set(RecordLayout.DOUBLE, at + 24, codebook.trainingError());
        to.set(RecordLayout.LONG, at + 32, codebook.idHigh());
        to.set(RecordLayout.LONG, at + 40, codebook.idLow());
        long half = at + FINAL_BYTES;
        for (int m = 0; m < codebook.subspaces(); m++) {
            for (int k = 0; k < codebook.centroids(); k++) {
                for (int d = 0; d < codebook.subspaceDimensions(); d++) {
                    float x = codebook.centroid(m, k, d);
                    to.set(RecordLayout.SHORT, half, Float.floatToFloat16(x));
                    half += Short.BYTES;
                }
            }
        }
    }

    private static Codebook readFinal(MemorySegment payload) throws IOException {
        require(payload, payload.byteSize() > FINAL_BYTES);
        int metric = payload.get(RecordLayout.INT, 4);
        require(payload, metric > 0 && metric < METRICS.length);
        int dimensions = payload.get(RecordLayout.INT, 8);
        int bits = payload.get(RecordLayout.INT, 16);
        require(payload, dimensions > 0 && bits > 0 && bits <= Byte.SIZE);
        long floats = (long) dimensions << bits;
        require(payload, payload.byteSize() == FINAL_BYTES + Short.BYTES * floats);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment centroids = arena.allocate(Float.BYTES * floats, Float.BYTES);
            for (long i = 0; i < floats; i++) {
                short half = payload.get(RecordLayout.SHORT, FINAL_BYTES + Short.BYTES * i);
                centroids.setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.float16ToFloat(half));
            }
            Codebook codebook =
                    Codebook.of(
                            METRICS[metric],
                            dimensions,
                            payload.get(RecordLayout.INT, 12),
                            bits,
                            payload.get(RecordLayout.DOUBLE, 24),
                            centroids,
                            0);
            boolean same =
                    codebook.idHigh() == payload.get(RecordLayout.LONG, 32)
                            && codebook.idLow() == payload.get(RecordLayout.LONG, 40);
            require(payload, same);
            return codebook;
        } catch (IllegalArgumentException e) {
            throw new IOException("a record holds a codebook of an impossible shape", e);
        }
    }

    /// Tells a log what a record says, if it is one for a log.
    static void replay(int type, MemorySegment payload, GossipPqConfig config, GossipPqLog log)
            throws IOException {
        switch (type) {
            case EPOCH -> {
                require(payload, payload.byteSize() == EPOCH_BYTES && epochOf(payload) >= 0);
                log.onEpoch(epochOf(payload), spaceOf(payload));
            }
            case ITEMS -> replayItems(payload, config, log);
            case CONTRIBUTED -> {
                require(payload, payload.byteSize() == CONTRIBUTED_BYTES);
                log.onContributed(epochOf(payload));
            }
            case FINAL -> log.onFinal(readFinal(payload), epochOf(payload));
            default -> {}
        }
    }

    private static void replayItems(MemorySegment payload, GossipPqConfig config, GossipPqLog log)
            throws IOException {
        require(payload, payload.byteSize() >= ITEMS_BYTES);
        int subspace = payload.get(RecordLayout.INT, 4);
        int count = payload.get(RecordLayout.INT, 8);
        boolean weighted = payload.get(RecordLayout.SHORT, 14) != 0;
        int itemBytes = ItemLayout.wireBytes(config.subspaceDimensions(), weighted);
        boolean mine =
                payload.get(RecordLayout.SHORT, 12) == itemBytes
                        && subspace >= 0
                        && subspace < config.subspaces();
        // Others are of a configuration that the log does not listen to either.
        if (mine) {
            long bytes = (long) count * itemBytes;
            require(payload, count >= 0 && payload.byteSize() == ITEMS_BYTES + bytes);
            MemorySegment items = payload.asSlice(ITEMS_BYTES, bytes);
            log.onItems(epochOf(payload), subspace, count, weighted, items);
        }
    }

    private static void require(MemorySegment payload, boolean sound) throws IOException {
        if (!sound) {
            throw new IOException(
                    "a record of %d bytes is not what its type says".formatted(payload.byteSize()));
        }
    }
}
