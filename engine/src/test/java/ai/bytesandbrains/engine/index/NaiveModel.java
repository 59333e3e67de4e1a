package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.simd.CodeLayout;
import ai.bytesandbrains.engine.space.Distances;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Int8Space;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/// What an index should answer, worked out entry by entry: rows measured one at a time by their
/// space, codes by sums of table entries.
final class NaiveModel {
    private static final Comparator<Neighbour> ORDER =
            ((Comparator<Neighbour>) (a, b) -> Distances.compare(a.distance(), b.distance()))
                    .thenComparingLong(Neighbour::id);

    private record Entry(MemorySegment row, MemorySegment code) {}

    private final Map<Long, Entry> entries = new HashMap<>();
    private final EmbeddingSpace rowSpace;
    private ProductQuantizer quantizer;
    private final CodeLayout layout;
    private final MemorySegment prepared;
    private final MemorySegment table;

    /// Rows, codes, or both; null for what there is none of.
    NaiveModel(Arena arena, EmbeddingSpace rowSpace, Codebook codebook) {
        this.rowSpace = rowSpace;
        prepared = arena.allocate(rowSpace == null ? 64 : rowSpace.preparedBytes(), 64);
        quantizer = codebook == null ? null : new ProductQuantizer(codebook);
        layout = codebook == null ? null : new CodeLayout(codebook.bits(), codebook.subspaces());
        table = arena.allocate(codebook == null ? 64 : quantizer.adcTableBytes(), 64);
    }

    int size() {
        return entries.size();
    }

    boolean contains(long id) {
        return entries.containsKey(id);
    }

    Iterable<Long> ids() {
        return entries.keySet();
    }

    void put(long id, MemorySegment vector, long offset) {
        entries.put(id, entry(vector, offset));
    }

    boolean remove(long id) {
        return entries.remove(id) != null;
    }

    int removeMatching(MemorySegment vector, long offset) {
        Entry same = entry(vector, offset);
        int before = entries.size();
        entries.values().removeIf(entry -> key(entry).mismatch(key(same)) == -1);
        return before - entries.size();
    }

    /// Encodes what the rows stand for under another codebook.
    void use(Codebook codebook) {
        quantizer = new ProductQuantizer(codebook);
        MemorySegment vector = Arena.ofAuto().allocate(rowSpace.vectorBytes(), 64);
        entries.replaceAll(
                (id, entry) -> {
                    if (rowSpace instanceof Int8Space int8) {
                        int8.loadRow(entry.row, 0, vector, 0);
                    } else {
                        MemorySegment.copy(entry.row, 0, vector, 0, vector.byteSize());
                    }
                    return new Entry(entry.row, code(vector, 0));
                });
    }

    void clear() {
        entries.clear();
    }

    List<Neighbour> search(
            MemorySegment query, long offset, int k, LongPredicate filter, int rerank) {
        List<Neighbour> all = all(query, offset, filter);
        if (quantizer == null || rerank == 0) {
            return all.subList(0, Math.min(k, all.size()));
        }
        rowSpace.prepare(query, offset, prepared, 0);
        List<Neighbour> again = new ArrayList<>();
        for (Neighbour near : all.subList(0, (int) Math.min((long) k * rerank, all.size()))) {
            again.add(new Neighbour(near.id(), rowDistance(entries.get(near.id()))));
        }
        again.sort(ORDER);
        return again.subList(0, Math.min(k, again.size()));
    }

    List<Neighbour> within(MemorySegment query, long offset, float radius, LongPredicate filter) {
        List<Neighbour> all = all(query, offset, filter);
        all.removeIf(near -> !(near.distance() <= radius));
        return all;
    }

    private List<Neighbour> all(MemorySegment query, long offset, LongPredicate filter) {
        if (quantizer != null) {
            quantizer.adcTable(query, offset, table, 0);
        } else {
            rowSpace.prepare(query, offset, prepared, 0);
        }
        List<Neighbour> all = new ArrayList<>(entries.size());
        entries.forEach(
                (id, entry) -> {
                    if (filter.test(id)) {
                        all.add(
                                new Neighbour(
                                        id, quantizer != null ? sum(entry) : rowDistance(entry)));
                    }
                });
        all.sort(ORDER);
        return all;
    }

    private float rowDistance(Entry entry) {
        return rowSpace.distancePrepared(prepared, 0, entry.row, 0);
    }

    private float sum(Entry entry) {
        float sum = 0;
        for (int m = 0; m < layout.subspaces(); m++) {
            long at = ((long) m << layout.bits()) + layout.getRow(entry.code, 0, m);
            sum += table.getAtIndex(ValueLayout.JAVA_FLOAT, at);
        }
        return sum;
    }

    private MemorySegment key(Entry entry) {
        return rowSpace != null ? entry.row : entry.code;
    }

    private Entry entry(MemorySegment vector, long offset) {
        MemorySegment row = null;
        if (rowSpace != null) {
            row = Arena.ofAuto().allocate(rowSpace.rowBytes(), RowStore.ALIGNMENT);
            rowSpace.storeRow(vector, offset, row, 0);
        }
        return new Entry(row, quantizer == null ? null : code(vector, offset));
    }

    private MemorySegment code(MemorySegment vector, long offset) {
        MemorySegment code = MemorySegment.ofArray(new byte[quantizer.codeSize()]);
        quantizer.encode(vector, offset, code, 0);
        return code;
    }
}
