package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Puts a node's own vectors, or centroids of them, into its samples: a batch of rows at a time,
/// one subspace after the other.
final class Contribution implements AutoCloseable {
    private final GossipPqConfig config;
    private final NodeSecrets secrets;
    private final RowReader rows;
    private final SubspaceSample[] samples;
    private final long vectorBytes;

    /// The batch: vectors, and the rows they are of.
    private final MemorySegment vectors;

    private final int[] rowOf = new int[SubspaceSample.BATCH];
    private final MemorySegment item;

    /// Items that were offered, for the log.
    private final MemorySegment offered;

    private final int itemBytes;
    private GossipPqLog log = GossipPqLog.NONE;
    private LocalCentroids centroids;
    private int epoch;
    private int next;
    private int batch;
    private int subspace;
    private boolean done = true;

    /// Whether all was contributed to the epoch.
    private boolean complete;

    Contribution(
            GossipPqConfig config,
            NodeSecrets secrets,
            RowReader rows,
            SubspaceSample[] samples,
            Arena arena) {
        this.config = config;
        this.secrets = secrets;
        this.rows = rows;
        this.samples = samples;
        vectorBytes = 4L * config.dimensions();
        itemBytes = ItemLayout.wireBytes(config.subspaceDimensions(), true);
        vectors = arena.allocate(SubspaceSample.BATCH * vectorBytes, 64);
        item = arena.allocate(ItemLayout.stride(config.subspaceDimensions()), Long.BYTES);
        offered = arena.allocate((long) SubspaceSample.BATCH * itemBytes, Long.BYTES);
    }

    /// Who hears of what is contributed from now on.
    void logTo(GossipPqLog log) {
        this.log = log;
    }

    /// Begins anew.
    void start(int epoch) {
        stop();
        this.epoch = epoch;
        done = false;
        complete = false;
    }

    /// Goes on after [#stop]: contributes all to the same epoch, unless that was done before.
    void resume() {
        if (done && !complete) {
            start(epoch);
        }
    }

    /// Notes that all is in the samples already.
    void skip() {
        stop();
        complete = true;
    }

    /// Ends for now.
    void stop() {
        next = 0;
        subspace = 0;
        done = true;
        if (centroids != null) {
            centroids.close();
            centroids = null;
        }
    }

    boolean isDone() {
        return done;
    }

    /// Does some of it; returns how much.
    int step() {
        if (done) {
            return 0;
        }
        if (config.localCentroids() > 0) {
            stepCentroids();
        } else {
            int left = config.partsPerPoll();
            do {
                left -= offerBatch();
            } while (left > 0 && !done);
        }
        if (done) {
            complete = true;
            log.onContributed(epoch);
        }
        return 1;
    }

    /// Offers one part of each vector of a batch; returns how many.
    private int offerBatch() {
        if (subspace == 0) {
            readBatch();
        }
        int count = 0;
        for (int i = 0; i < batch; i++) {
            long part = i * vectorBytes + 4L * config.subspaceDimensions() * subspace;
            if (write(subspace, rowOf[i], 1, vectors, part) && samples[subspace].mayTake(item, 0)) {
                offer(subspace, count++);
            }
        }
        commit(subspace, count);
        subspace = (subspace + 1) % samples.length;
        done = subspace == 0 && next >= rows.rows();
        return Math.max(1, batch);
    }

    private void readBatch() {
        batch = 0;
        int end = Math.min(rows.rows(), next + SubspaceSample.BATCH);
        for (; next < end; next++) {
            if (rows.read(next)) {
                MemorySegment.copy(rows.vector(), 0, vectors, batch * vectorBytes, vectorBytes);
                rowOf[batch++] = next;
            }
        }
    }

    private void offer(int m, int number) {
        samples[m].stage(item, 0);
        MemorySegment.copy(item, 0, offered, (long) number * itemBytes, itemBytes);
    }

    private void commit(int m, int count) {
        if (samples[m].commit() > 0) {
            log.onItems(epoch, m, count, true, offered);
        }
    }

    private boolean write(int m, int index, int weight, MemorySegment part, long offset) {
        int hidden = Hash.shuffle(Hash.add(secrets.shuffle(), m), index);
        int dimensions = config.subspaceDimensions();
        return ItemLayout.write(
                secrets.origin(), hidden, weight, part, offset, dimensions, item, 0);
    }

    private void stepCentroids() {
        int m = subspace;
        if (centroids == null) {
            centroids = new LocalCentroids(config, secrets.shuffle(), m, rows);
        }
        if (!centroids.step()) {
            return;
        }
        int count = 0;
        for (int c = 0; c < centroids.count(); c++) {
            int weight = Math.min(centroids.weight(c), ItemLayout.MAX_WEIGHT);
            long offset = 4L * config.subspaceDimensions() * c;
            if (write(m, c, weight, centroids.means(), offset)) {
                offer(m, count++);
            }
            if (count == SubspaceSample.BATCH) {
                commit(m, count);
                count = 0;
            }
        }
        commit(m, count);
        centroids.close();
        centroids = null;
        done = ++subspace == samples.length;
    }

    @Override
    public void close() {
        stop();
    }
}
