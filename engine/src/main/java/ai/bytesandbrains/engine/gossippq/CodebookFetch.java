package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.CodebookBuilder;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/// Codebooks on their way, as half-precision centroids in chunks: what a late joiner asks for, one
/// source at a time, and what others are answered. Whoever sends something else than what the id
/// says is found out when the last chunk is there.
final class CodebookFetch {
    /// Chunks that are asked for at once.
    static final int CHUNKS_AT_ONCE = 32;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final GossipPqConfig config;
    private final OutgoingMessage out;
    private final RandomGenerator random;
    private final GossipPqCounters counters;
    private final int bytes;
    private final int chunks;
    private final BitSet missing = new BitSet();
    private MemorySegment received;
    private boolean active;
    private int epoch;
    private long high;
    private long low;
    private long source;
    private long requestId;
    private long deadlineNs;
    private int asked;
    private int wanted;
    private int taken;

    /// Makes the codebook when all chunks are there, subspace by subspace; null until then.
    private CodebookBuilder builder;

    private MemorySegment part;
    private int assembled;

    CodebookFetch(
            GossipPqConfig config,
            OutgoingMessage out,
            RandomGenerator random,
            GossipPqCounters counters) {
        this.config = config;
        this.out = out;
        this.random = random;
        this.counters = counters;
        bytes = config.codebookBytes();
        chunks = (bytes + GossipPq.CHUNK_BYTES - 1) / GossipPq.CHUNK_BYTES;
    }

    boolean isActive() {
        return active;
    }

    int epoch() {
        return epoch;
    }

    /// Whether this codebook is on its way.
    boolean isOf(int epoch, long high, long low) {
        return active && this.epoch == epoch && this.high == high && this.low == low;
    }

    /// Begins.
    void start(int epoch, long high, long low, long nowNs) {
        this.epoch = epoch;
        this.high = high;
        this.low = low;
        active = true;
        deadlineNs = nowNs;
        restart();
    }

    void stop() {
        active = false;
        received = null;
        builder = null;
        part = null;
    }

    private void restart() {
        builder = null;
        received = Arena.ofAuto().allocate(bytes, Long.BYTES);
        missing.set(0, chunks);
        asked = 0;
        taken = 0;
    }

    /// When [#ask] has something to do.
    long deadlineNs() {
        return deadlineNs;
    }

    /// Who has sent a quarter of what was asked for last, and is to be asked for the rest, or
    /// [PeerTable#NULL_PEER]: a link that takes fewer chunks at once is no reason to begin anew.
    long source() {
        boolean sends = taken > 0 && 4 * taken >= wanted;
        return sends ? source : PeerTable.NULL_PEER;
    }

    /// Asks a peer for what is missing. A chunk that comes from another one is not taken.
    boolean ask(long peer, long nowNs) {
        if (peer != source) {
            // What one source sent may be wrong: it is not mixed with what another one sends.
            restart();
        }
        source = peer;
        deadlineNs = nowNs + config.timeoutNs();
        return request();
    }

    private boolean request() {
        int first = missing.nextSetBit(0);
        long mask = 0;
        asked = 0;
        for (int chunk = first;
                chunk >= 0 && chunk - first < Long.SIZE && asked < CHUNKS_AT_ONCE;
                chunk = missing.nextSetBit(chunk + 1)) {
            mask |= 1L << (chunk - first);
            asked++;
        }
        wanted = asked;
        taken = 0;
        requestId = random.nextLong();
        return out.begin(GossipPqKind.FETCH, requestId, epoch)
                .codebook(high, low, 0)
                .number(first)
                .ranges(mask)
                .send(source);
    }

    /// Takes a chunk; when it was the last one, [#assemble] has something to do.
    void onChunk(long from, GossipPqMessage message, long nowNs) {
        int chunk = message.number();
        boolean mine =
                active
                        && from == source
                        && message.requestId() == requestId
                        && message.isOf(epoch, high, low)
                        && chunk < chunks
                        && message.bodyBytes() == lengthOf(chunk);
        if (!mine || !missing.get(chunk)) {
            counters.unsolicited++;
            return;
        }
        message.copyBody(received, (long) chunk * GossipPq.CHUNK_BYTES);
        missing.clear(chunk);
        asked--;
        taken++;
        if (missing.isEmpty()) {
            begin();
        } else if (asked == 0) {
            deadlineNs = nowNs + config.timeoutNs();
            request();
        }
    }

    /// Whether all chunks are there.
    boolean isWhole() {
        return builder != null;
    }

    private void begin() {
        builder =
                new CodebookBuilder(
                        config.metric(), config.dimensions(), config.subspaces(), config.bits());
        part = Arena.ofAuto().allocate(4L * floatsOfPart(), 64);
        assembled = 0;
    }

    /// Adds one subspace to the codebook; returns it when it was the last one, and the content is
    /// what the id says.
    Codebook assemble(long nowNs) {
        int floats = floatsOfPart();
        long from = (long) Short.BYTES * floats * assembled++;
        for (int i = 0; i < floats; i++) {
            short half = received.get(ItemLayout.SHORT, from + 2L * i);
            float x = Float.float16ToFloat(half);
            // What is not finite cannot have the right id.
            part.set(FLOAT, 4L * i, Float.isFinite(x) ? x : 0);
        }
        if (!builder.add(part, 0)) {
            return null;
        }
        Codebook codebook = builder.build(Double.NaN);
        if (codebook.idHigh() == high && codebook.idLow() == low) {
            stop();
            return codebook;
        }
        counters.fetchesFailed++;
        restart();
        source = PeerTable.NULL_PEER;
        deadlineNs = nowNs;
        return null;
    }

    private int floatsOfPart() {
        return config.centroids() * config.subspaceDimensions();
    }

    /// Sends the chunks that were asked for, at most so many; returns how many were sent.
    int answer(long to, GossipPqMessage request, Codebook codebook, int most) {
        int sent = 0;
        int limit = Math.min(most, CHUNKS_AT_ONCE);
        for (long rest = request.ranges(); rest != 0 && sent < limit; rest &= rest - 1) {
            long chunk = (long) request.number() + Long.numberOfTrailingZeros(rest);
            if (chunk >= chunks) {
                break;
            }
            write((int) chunk, codebook);
            out.begin(GossipPqKind.CHUNK, request.requestId(), request.epoch())
                    .codebook(codebook.idHigh(), codebook.idLow(), 0)
                    .number((int) chunk)
                    .body(0, lengthOf((int) chunk));
            if (!out.send(to)) {
                break;
            }
            sent++;
        }
        counters.chunksSent += sent;
        return sent;
    }

    private int lengthOf(int chunk) {
        return Math.min(GossipPq.CHUNK_BYTES, bytes - chunk * GossipPq.CHUNK_BYTES);
    }

    private void write(int chunk, Codebook codebook) {
        int length = lengthOf(chunk) / Short.BYTES;
        int dimensions = config.subspaceDimensions();
        int first = chunk * (GossipPq.CHUNK_BYTES / Short.BYTES);
        for (int i = 0; i < length; i++) {
            int centroid = (first + i) / dimensions;
            float x =
                    codebook.centroid(
                            centroid / config.centroids(),
                            centroid % config.centroids(),
                            (first + i) % dimensions);
            out.body.set(ItemLayout.SHORT, 2L * i, Float.floatToFloat16(x));
        }
    }
}
