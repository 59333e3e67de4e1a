package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.memory.SlotTable;

import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;

/// Searches over codes, one query or several at a time: scan, and a second look at the rows where
/// there are some.
final class CodeSearch {
    private static final int MAX_RESTARTS = 4;

    private final SlotTable slots;
    private final Codebook codebook;
    private final CodeScan scan;
    private final Rerank rerank;
    private final Neighbours[] candidates = new Neighbours[CodeScan.MAX_LANES];
    private final Neighbours[] single = new Neighbours[1];
    private long[] idScratch = new long[64];

    /// A search whose working memory comes from `memory`; `rows` is null where there are none.
    CodeSearch(
            Entries entries,
            CodeBlocks blocks,
            ProductQuantizer quantizer,
            StoredVectors rows,
            LongFunction<MemorySegment> memory) {
        slots = entries.slots();
        codebook = quantizer.codebook();
        scan = new CodeScan(slots, blocks, quantizer, memory);
        rerank = rows == null ? null : new Rerank(entries, rows, memory);
    }

    /// The nearest of all entries that pass.
    int nearest(MemorySegment query, long offset, SearchOptions options, Neighbours out) {
        single[0] = out;
        nearest(query, offset, 0, 1, options, single, 0);
        return out.size();
    }

    /// The nearest of all entries that pass, for up to [CodeScan#MAX_LANES] queries, into `out`
    /// from index `to`.
    void nearest(
            MemorySegment queries,
            long offset,
            long stride,
            int count,
            SearchOptions options,
            Neighbours[] out,
            int to) {
        int wanted = wanted(options);
        for (int i = 0; i < count; i++) {
            out[to + i].reset(options.k());
            scan.lane(i).prepare(queries, offset + i * stride);
            Neighbours target = wanted == 0 ? out[to + i] : candidates(i, wanted);
            scan.lane(i).found().into(target);
        }
        int most = Math.max(wanted, options.k());
        long frees = slots.frees();
        scan.scan(options.filter(), 0, count, most);
        for (int i = 0; i < count; i++) {
            out[to + i].stats().addScanned(scan.scanned());
            if (wanted == 0) {
                out[to + i].stats().measuredByCodes(codebook);
            }
        }
        if (frees != slots.frees()) {
            for (int i = 0; i < count; i++) {
                singleOut(wanted == 0 ? out[to + i] : candidates[i], options.filter(), i, most);
            }
        }
        for (int i = 0; i < count && wanted > 0; i++) {
            rerank.run(queries, offset + i * stride, candidates[i], out[to + i]);
            out[to + i].stats().addReranked(candidates[i].size());
        }
    }

    /// All entries that pass and are within a radius.
    int within(MemorySegment query, long offset, float radius, RowFilter filter, RangeResult out) {
        out.reset(radius);
        scan.lane(0).prepare(query, offset);
        scan.lane(0).found().into(out);
        long frees = slots.frees();
        scan.scan(filter, 0, 1, 0);
        out.stats().addScanned(scan.scanned());
        out.stats().measuredByCodes(codebook);
        if (frees != slots.frees() && out.hasDuplicateIds(idScratch(out.size()))) {
            out.dropDuplicateIds();
        }
        return out.size();
    }

    /// Frees what is not from `memory`.
    void close() {
        if (rerank != null) {
            rerank.close();
        }
        for (Neighbours each : candidates) {
            if (each != null) {
                each.close();
            }
        }
    }

    /// How many candidates to look at twice; 0 for none.
    private int wanted(SearchOptions options) {
        int factor = options.rerank();
        if (rerank == null || factor == 0) {
            return 0;
        }
        long most = (long) options.k() * (factor < 0 ? PqIndex.DEFAULT_RERANK : factor);
        return (int) Math.max(1, Math.min(most, slots.limit()));
    }

    /// An entry that was removed and came back in another slot can have been met twice.
    private void singleOut(Neighbours target, RowFilter filter, int lane, int wanted) {
        for (int i = 0; i < MAX_RESTARTS; i++) {
            if (!target.hasDuplicateIds(idScratch(target.size()))) {
                return;
            }
            target.clear();
            scan.scan(filter, lane, lane + 1, wanted);
        }
        target.dropDuplicateIds();
    }

    private Neighbours candidates(int i, int wanted) {
        Neighbours held = candidates[i];
        if (held == null || held.capacity() < wanted) {
            if (held != null) {
                held.close();
            }
            held = new Neighbours(wanted);
            candidates[i] = held;
        }
        held.reset(wanted);
        return held;
    }

    private long[] idScratch(int size) {
        if (idScratch.length < size) {
            idScratch = new long[Math.max(size, 2 * idScratch.length)];
        }
        return idScratch;
    }
}
