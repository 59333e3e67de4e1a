package ai.bytesandbrains.engine.search;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// As many of the node's own vectors as fit into a message, encoded. Scratch of [Answers]: filled
/// in, sent, and filled in anew.
final class VectorPage implements VectorResponse, AutoCloseable {

    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final LocalSearch local;
    private final VectorMessages fitting;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment vector;
    private final MemorySegment encoded;
    private final long[] ids;
    private final VectorState[] states;
    private final float[] scales;
    private long requestId;
    private SearchStatus status;
    private QueryEncoding encoding = QueryEncoding.FLOAT32;
    private int stride;
    private int size;

    VectorPage(LocalSearch local, VectorMessages fitting) {
        this.local = local;
        this.fitting = fitting;
        int dimensions = local.dimensions();
        vector = arena.allocate((long) Float.BYTES * dimensions, Long.BYTES);
        long most =
                Math.max(
                        (long) fitting.float32s() * stride(QueryEncoding.FLOAT32, dimensions),
                        (long) fitting.int8s() * stride(QueryEncoding.INT8, dimensions));
        encoded = arena.allocate(Math.max(most, Long.BYTES), Long.BYTES);
        int vectors = Math.max(fitting.float32s(), fitting.int8s());
        ids = new long[vectors];
        states = new VectorState[vectors];
        scales = new float[vectors];
    }

    private static int stride(QueryEncoding encoding, int dimensions) {
        return (encoding.encodedBytes(dimensions) + 7) & -8;
    }

    /// Whether at least one vector fits into a message.
    boolean isSuitable(QueryEncoding wanted) {
        return fitting.fitting(wanted) > 0;
    }

    VectorPage begin(long requestId, SearchStatus status, QueryEncoding encoding) {
        this.requestId = requestId;
        this.status = status;
        this.encoding = encoding;
        stride = stride(encoding, local.dimensions());
        size = 0;
        return this;
    }

    boolean isFull() {
        return size == fitting.fitting(encoding);
    }

    void add(long id) {
        ids[size] = id;
        states[size] = local.load(id, vector, 0);
        if (states[size] == VectorState.THERE) {
            long at = (long) size * stride;
            // Before its bytes, for those of the last word that they leave.
            encoded.set(WORD, at + stride - Long.BYTES, 0);
            scales[size] = encoding.encode(vector, 0, local.dimensions(), encoded, at);
        }
        size++;
    }

    @Override
    public long requestId() {
        return requestId;
    }

    @Override
    public SearchStatus status() {
        return status;
    }

    @Override
    public int dimensions() {
        return local.dimensions();
    }

    @Override
    public QueryEncoding encoding() {
        return encoding;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long idAt(int index) {
        return ids[index];
    }

    @Override
    public VectorState stateAt(int index) {
        return states[index];
    }

    @Override
    public float scaleAt(int index) {
        return scales[index];
    }

    @Override
    public long vectorWordAt(int index, int word) {
        return encoded.get(WORD, (long) index * stride + (long) word * Long.BYTES);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
