package ai.bytesandbrains.bench.demo;

import ai.bytesandbrains.bench.data.Vectors;
import ai.bytesandbrains.engine.gossippq.VectorSource;
import ai.bytesandbrains.engine.index.CodedIndex;
import ai.bytesandbrains.engine.space.EmbeddingSpace;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/// A peer's share of the data: what its index holds and what it contributes to the codebook.
final class Share implements VectorSource {
    private final Vectors data;
    private final long rowBytes;
    private final int[] rows;

    /// The rows of one peer.
    ///
    /// @param nodeOf the peer of each row
    Share(final Vectors data, final int[] nodeOf, final int peer) {
        this.data = data;
        rowBytes = (long) data.dimensions() * Float.BYTES;
        rows = IntStream.range(0, data.rows()).filter(row -> nodeOf[row] == peer).toArray();
    }

    /// An index of these rows under their numbers.
    CodedIndex index(final EmbeddingSpace space, final EmbeddingSpace rowSpace) {
        final CodedIndex index = new CodedIndex(space, rowSpace);
        for (final int row : rows) {
            index.add(row, data.segment(), row * rowBytes);
        }
        return index;
    }

    @Override
    public int rows() {
        return rows.length;
    }

    @Override
    public boolean copy(final int row, final MemorySegment into) {
        MemorySegment.copy(data.segment(), rows[row] * rowBytes, into, 0, rowBytes);
        return true;
    }
}
