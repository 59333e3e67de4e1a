package ai.bytesandbrains.engine.hostile;

import static ai.bytesandbrains.engine.hostile.HostileCase.closed;
import static ai.bytesandbrains.engine.hostile.HostileCase.outOfRange;
import static ai.bytesandbrains.engine.hostile.HostileCase.refused;
import static ai.bytesandbrains.engine.hostile.HostileCase.state;
import static ai.bytesandbrains.engine.hostile.Shapes.COUNT;
import static ai.bytesandbrains.engine.hostile.Shapes.DIMENSIONS;
import static ai.bytesandbrains.engine.hostile.Shapes.HEAP;
import static ai.bytesandbrains.engine.hostile.Shapes.INFINITE;
import static ai.bytesandbrains.engine.hostile.Shapes.NAN;
import static ai.bytesandbrains.engine.hostile.Shapes.SHORT;
import static ai.bytesandbrains.engine.hostile.Shapes.STRIDE;
import static ai.bytesandbrains.engine.hostile.Shapes.VECTORS;
import static ai.bytesandbrains.engine.hostile.Shapes.ZERO;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.index.CodedIndex;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.MemoryPlan;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.index.PqIndex;
import ai.bytesandbrains.engine.index.RangeResult;
import ai.bytesandbrains.engine.index.RowFilter;
import ai.bytesandbrains.engine.index.SearchOptions;
import ai.bytesandbrains.engine.index.SlotBitmap;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.L2Space;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.train.TrainingProgress;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/// Wrong calls of indexes and their results.
final class IndexCases {
    private static final int MAX = Integer.MAX_VALUE;
    private static final Workers TWO = Workers.of(2);
    private static final MemorySegment CONFINED = Arena.ofConfined().allocate(10 * STRIDE);

    private final List<HostileCase> cases = new ArrayList<>();

    /// Indexes that every case has to leave as they are.
    private final List<Index> indexes = new ArrayList<>();

    private final MemorySegment vector = Arena.ofAuto().allocate(4L * DIMENSIONS);
    private final Neighbours out = new Neighbours(5);
    private final RangeResult range = new RangeResult();

    static Index filled(Index index) {
        if (!index.isTrained()) {
            index.train(VECTORS, 0, STRIDE, COUNT);
        }
        for (int i = 0; i < COUNT; i++) {
            index.add(i, VECTORS, i * STRIDE);
        }
        return index;
    }

    List<HostileCase> cases() {
        for (Metric metric : new Metric[] {Metric.L2, Metric.COSINE, Metric.INNER_PRODUCT}) {
            PqConfig config = Shapes.config(metric);
            add(metric, () -> new FlatIndex(metric.space(DIMENSIONS)));
            add(metric, () -> new PqIndex(config));
            add(metric, () -> new PqIndex(config, metric.space(DIMENSIONS)));
            add(metric, () -> coded(metric));
            add(metric, () -> goneOver(metric));
        }
        codebooks();
        codedIndexes();
        results();
        return cases;
    }

    List<Index> indexes() {
        return indexes;
    }

    private static CodedIndex coded(Metric metric) {
        return new CodedIndex(metric.space(DIMENSIONS), metric.space(DIMENSIONS));
    }

    private static CodedIndex goneOver(Metric metric) {
        CodedIndex index = coded(metric);
        index.begin(Shapes.codebook(metric));
        index.step(1);
        return index;
    }

    private void add(Metric metric, Supplier<Index> maker) {
        Index index = filled(maker.get());
        indexes.add(index);
        String name = index.getClass().getSimpleName() + '.';
        vectors(name, index, metric);
        ranges(name, index);
        searches(name, index);
        Index gone = filled(maker.get());
        gone.close();
        gone.close();
        closedCalls(name, gone);
    }

    /// Calls that take one vector.
    private void vectors(String name, Index index, Metric metric) {
        record Verb(String name, BiConsumer<MemorySegment, Long> call) {}
        List<Verb> verbs =
                List.of(
                        new Verb("add", (v, at) -> index.add(-1, v, at)),
                        new Verb("upsert", (v, at) -> index.upsert(1, v, at)),
                        new Verb("removeMatching", index::removeMatching),
                        new Verb("observe", index::observe),
                        new Verb("observeBatch", (v, at) -> index.observeBatch(v, at, STRIDE, 1)),
                        new Verb("search", (v, at) -> index.search(v, at, 5, out)),
                        new Verb(
                                "searchBatch",
                                (v, at) -> index.searchBatch(v, at, 0, 1, of(5), one(out))),
                        new Verb(
                                "searchRange",
                                (v, at) -> index.searchRange(v, at, 1, RowFilter.ALL, range)));
        for (Verb verb : verbs) {
            String method = name + verb.name;
            cases.add(refused(method, "[2]=NaN", () -> verb.call.accept(NAN, 0L)));
            cases.add(refused(method, "[3]=-Infinity", () -> verb.call.accept(INFINITE, 0L)));
            cases.add(refused(method, "byteSize=31", () -> verb.call.accept(SHORT, 0L)));
            cases.add(refused(method, "offset=2", () -> verb.call.accept(HEAP, 2L)));
            cases.add(refused(method, "offset=-4", () -> verb.call.accept(VECTORS, -4L)));
            cases.add(
                    refused(
                            method,
                            "offset=" + Long.MAX_VALUE,
                            () -> verb.call.accept(VECTORS, Long.MAX_VALUE)));
            if (metric == Metric.COSINE) {
                cases.add(refused(method, "norm=0.0", () -> verb.call.accept(ZERO, 0L)));
            }
        }
        cases.add(refused(name + "add", "id=7", () -> index.add(7, VECTORS, 0)));
        cases.add(refused(name + "add", "vector.length=3", () -> index.add(-1, new float[3])));
        cases.add(refused(name + "upsert", "vector.length=9", () -> index.upsert(1, new float[9])));
        cases.add(refused(name + "search", "query.length=0", () -> index.search(new float[0], 1)));
    }

    /// Calls that take several vectors, and room.
    private void ranges(String name, Index index) {
        for (int count : new int[] {0, -1, COUNT + 1, MAX}) {
            String message = "count=" + count;
            cases.add(
                    refused(name + "train", message, () -> index.train(VECTORS, 0, STRIDE, count)));
            cases.add(
                    refused(
                            name + "observeBatch",
                            message,
                            () -> index.observeBatch(VECTORS, 0, STRIDE, count)));
            cases.add(
                    refused(
                            name + "searchBatch",
                            message,
                            () ->
                                    index.searchBatch(
                                            VECTORS, 0, STRIDE, count, of(5), one(out), TWO)));
        }
        for (long stride : new long[] {0, -STRIDE, STRIDE - 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            String message = "stride=" + stride;
            cases.add(
                    refused(name + "train", message, () -> index.train(VECTORS, 0, stride, COUNT)));
            cases.add(
                    refused(
                            name + "observeBatch",
                            message,
                            () -> index.observeBatch(VECTORS, 0, stride, 2)));
            cases.add(
                    refused(
                            name + "searchBatch",
                            message,
                            () -> index.searchBatch(VECTORS, 0, stride, 2, of(5), one(out))));
        }
        cases.add(refused(name + "reserve", "=-1", () -> index.reserve(-1)));
        cases.add(refused(name + "reserve", "=" + MAX, () -> index.reserve(MAX)));
    }

    private void searches(String name, Index index) {
        cases.add(outOfRange(name + "vectorAt", () -> index.vectorAt(-1, vector, 0)));
        cases.add(outOfRange(name + "vectorAt", () -> index.vectorAt(MAX, vector, 0)));
        if (index.slotLimit() > 0) {
            cases.add(refused(name + "vectorAt", "offset=4", () -> index.vectorAt(0, vector, 4)));
        }
        cases.add(refused(name + "search", "k=0", () -> index.search(VECTORS, 0, 0, out)));
        cases.add(refused(name + "search", "k=-1", () -> index.search(VECTORS, 0, -1, out)));
        cases.add(refused(name + "search", "k=6", () -> index.search(VECTORS, 0, 6, out)));
        cases.add(refused(name + "search", "k=" + MAX, () -> index.search(VECTORS, 0, MAX, out)));
        cases.add(refused(name + "search", "k=0", () -> index.search(new float[DIMENSIONS], 0)));
        cases.add(
                refused(
                        name + "searchBatch",
                        "k=6",
                        () -> index.searchBatch(VECTORS, 0, STRIDE, 1, of(6), one(out))));
        cases.add(
                refused(
                        name + "searchBatch",
                        "out.length=1",
                        () -> index.searchBatch(VECTORS, 0, STRIDE, 2, of(5), one(out))));
        cases.add(
                refused(
                        name + "searchBatch",
                        "threads=2",
                        () -> index.searchBatch(CONFINED, 0, STRIDE, 1, of(5), one(out), TWO)));
        cases.add(
                refused(
                        name + "searchRange",
                        "radius=NaN",
                        () -> index.searchRange(VECTORS, 0, Float.NaN, RowFilter.ALL, range)));
        Neighbours gone = new Neighbours(5);
        gone.close();
        gone.close();
        RangeResult goneRange = new RangeResult();
        goneRange.close();
        goneRange.close();
        Workers ended = Workers.of(2);
        ended.close();
        ended.close();
        cases.add(closed(name + "search", () -> index.search(VECTORS, 0, 5, gone)));
        cases.add(
                closed(
                        name + "searchBatch",
                        () -> index.searchBatch(VECTORS, 0, STRIDE, 1, of(5), one(gone))));
        cases.add(
                closed(
                        name + "searchBatch",
                        () -> index.searchBatch(VECTORS, 0, STRIDE, 1, of(5), one(out), ended)));
        cases.add(
                closed(
                        name + "searchRange",
                        () -> index.searchRange(VECTORS, 0, 1, RowFilter.ALL, goneRange)));
    }

    private void closedCalls(String name, Index gone) {
        cases.add(closed(name + "add", () -> gone.add(-1, VECTORS, 0)));
        cases.add(closed(name + "upsert", () -> gone.upsert(1, VECTORS, 0)));
        cases.add(closed(name + "remove", () -> gone.remove(1)));
        cases.add(closed(name + "removeMatching", () -> gone.removeMatching(VECTORS, 0)));
        cases.add(closed(name + "observe", () -> gone.observe(VECTORS, 0)));
        cases.add(closed(name + "observeBatch", () -> gone.observeBatch(VECTORS, 0, STRIDE, 2)));
        cases.add(closed(name + "train", () -> gone.train(VECTORS, 0, STRIDE, COUNT)));
        cases.add(closed(name + "search", () -> gone.search(VECTORS, 0, 5, out)));
        cases.add(closed(name + "search", () -> gone.search(new float[DIMENSIONS], 5)));
        cases.add(
                closed(
                        name + "searchBatch",
                        () -> gone.searchBatch(VECTORS, 0, STRIDE, 1, of(5), one(out))));
        cases.add(
                closed(
                        name + "searchRange",
                        () -> gone.searchRange(VECTORS, 0, 1, RowFilter.ALL, range)));
        cases.add(closed(name + "contains", () -> gone.contains(1)));
        cases.add(closed(name + "slotOf", () -> gone.slotOf(1)));
        cases.add(closed(name + "len", gone::len));
        cases.add(closed(name + "isEmpty", gone::isEmpty));
        cases.add(closed(name + "reset", gone::reset));
        cases.add(closed(name + "reserve", () -> gone.reserve(1)));
        cases.add(closed(name + "memory", gone::memory));
        cases.add(closed(name + "slotLimit", gone::slotLimit));
        cases.add(closed(name + "vectorAt", () -> gone.vectorAt(0, vector, 0)));
    }

    private void codebooks() {
        Codebook cosine = Shapes.codebook(Metric.COSINE);
        PqConfig config = Shapes.config(Metric.L2);
        PqIndex codes = (PqIndex) filled(new PqIndex(config));
        PqIndex rows = (PqIndex) filled(new PqIndex(config, new L2Space(DIMENSIONS)));
        indexes.add(codes);
        indexes.add(rows);
        TrainingProgress none = TrainingProgress.NONE;
        Workers alone = Workers.caller();
        cases.add(refused("PqIndex.use", "metric=COSINE", () -> rows.use(cosine, alone)));
        cases.add(state("PqIndex.use", "len=100", () -> codes.use(codes.codebook(), alone)));
        cases.add(state("PqIndex.retrain", "observed=0", () -> rows.retrain(alone, none)));
        cases.add(state("PqIndex.retrain", "len=100", () -> codes.retrain(alone, none)));
        cases.add(refused("PqIndex.train", "points=15", () -> rows.train(VECTORS, 0, STRIDE, 15)));
        PqIndex untrained = new PqIndex(config);
        cases.add(state("PqIndex.add", "trained", () -> untrained.add(1, VECTORS, 0)));
        cases.add(state("PqIndex.search", "trained", () -> untrained.search(VECTORS, 0, 1, out)));
        cases.add(state("PqIndex.codebook", "trained", untrained::codebook));
        PqIndex gone = new PqIndex(cosine);
        gone.close();
        cases.add(closed("PqIndex.use", () -> gone.use(cosine, alone)));
        cases.add(closed("PqIndex.retrain", () -> gone.retrain(alone, none)));
        cases.add(
                refused(
                        "PqIndex.new",
                        "metric=COSINE",
                        () -> new PqIndex(config, Metric.COSINE.space(DIMENSIONS))));
        cases.add(
                refused("PqIndex.new", "dimensions=9", () -> new PqIndex(cosine, new L2Space(9))));
        cases.add(refused("PqIndex.plan", "entries=-1", () -> PqIndex.plan(config, -1)));
        cases.add(
                refused(
                        "PqIndex.plan",
                        "entries=" + (1L << 31),
                        () -> PqIndex.plan(config, new L2Space(DIMENSIONS), 1L << 31)));
        cases.add(
                refused(
                        "FlatIndex.plan",
                        "entries=" + Long.MAX_VALUE,
                        () -> FlatIndex.plan(new L2Space(DIMENSIONS), Long.MAX_VALUE)));
    }

    private void codedIndexes() {
        CodedIndex index = (CodedIndex) filled(coded(Metric.L2));
        indexes.add(index);
        Codebook cosine = Shapes.codebook(Metric.COSINE);
        cases.add(refused("CodedIndex.begin", "metric=COSINE", () -> index.begin(cosine)));
        cases.add(refused("CodedIndex.step", "entries=0", () -> index.step(0)));
        cases.add(
                refused(
                        "CodedIndex.new",
                        "metric=COSINE",
                        () -> new CodedIndex(new L2Space(2), Metric.COSINE.space(2)).close()));
        cases.add(
                refused(
                        "CodedIndex.new",
                        "dimensions=9",
                        () -> new CodedIndex(new L2Space(2), new L2Space(9)).close()));
        CodedIndex gone = coded(Metric.COSINE);
        gone.close();
        cases.add(closed("CodedIndex.begin", () -> gone.begin(cosine)));
        cases.add(closed("CodedIndex.step", () -> gone.step(1)));
    }

    private void results() {
        cases.add(refused("Neighbours.new", "capacity=0", () -> new Neighbours(0).close()));
        cases.add(refused("Neighbours.new", "capacity=" + MAX, () -> new Neighbours(MAX).close()));
        cases.add(refused("RangeResult.new", "capacity=-1", () -> new RangeResult(-1).close()));
        cases.add(
                refused("RangeResult.new", "capacity=" + MAX, () -> new RangeResult(MAX).close()));
        cases.add(refused("Neighbours.reset", "k=0", () -> out.reset(0)));
        cases.add(refused("Neighbours.reset", "k=" + MAX, () -> out.reset(MAX)));
        cases.add(refused("RangeResult.reset", "radius=NaN", () -> range.reset(Float.NaN)));
        cases.add(outOfRange("Neighbours.idAt", () -> out.idAt(-1)));
        cases.add(outOfRange("Neighbours.distanceAt", () -> out.distanceAt(MAX)));
        cases.add(outOfRange("RangeResult.idAt", () -> range.idAt(MAX)));
        cases.add(outOfRange("RangeResult.distanceAt", () -> range.distanceAt(-1)));
        Neighbours gone = new Neighbours(1);
        gone.offer(1, 1);
        gone.close();
        RangeResult goneRange = new RangeResult(1);
        goneRange.reset(9);
        goneRange.offer(1, 1);
        goneRange.close();
        cases.add(closed("Neighbours.offer", () -> gone.offer(0, 2)));
        cases.add(closed("Neighbours.idAt", () -> gone.idAt(0)));
        cases.add(closed("Neighbours.reset", () -> gone.reset(1)));
        cases.add(closed("RangeResult.offer", () -> goneRange.offer(0, 2)));
        cases.add(closed("RangeResult.distanceAt", () -> goneRange.distanceAt(0)));
        cases.add(closed("RangeResult.reset", () -> goneRange.reset(1)));
        cases.add(refused("SearchOptions.new", "k=0", () -> new SearchOptions(0, any(), 0)));
        cases.add(refused("SearchOptions.of", "k=-1", () -> SearchOptions.of(-1)));
        cases.add(refused("SearchOptions.withRerank", "rerank=-2", () -> of(1).withRerank(-2)));
        cases.add(refused("SlotBitmap.new", "slots=-1", () -> new SlotBitmap(-1)));
        cases.add(refused("SlotBitmap.set", "slot=-1", () -> new SlotBitmap(1).set(-1)));
        cases.add(
                refused(
                        "MemoryPlan.within",
                        "budgetBytes=-1",
                        () -> FlatIndex.plan(new L2Space(1), 1).within(-1)));
        cases.add(refused("MemoryPlan.new", "entries=-1", () -> new MemoryPlan(-1, List.of())));
    }

    private static SearchOptions of(int k) {
        return SearchOptions.of(k);
    }

    private static RowFilter any() {
        return RowFilter.ALL;
    }

    private static Neighbours[] one(Neighbours out) {
        return new Neighbours[] {out};
    }
}
