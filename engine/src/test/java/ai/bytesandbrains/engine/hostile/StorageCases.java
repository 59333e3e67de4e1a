package ai.bytesandbrains.engine.hostile;

import static ai.bytesandbrains.engine.hostile.HostileCase.closed;
import static ai.bytesandbrains.engine.hostile.HostileCase.outOfRange;
import static ai.bytesandbrains.engine.hostile.HostileCase.refused;
import static ai.bytesandbrains.engine.hostile.HostileCase.state;
import static ai.bytesandbrains.engine.hostile.Shapes.COUNT;
import static ai.bytesandbrains.engine.hostile.Shapes.DIMENSIONS;
import static ai.bytesandbrains.engine.hostile.Shapes.INFINITE;
import static ai.bytesandbrains.engine.hostile.Shapes.NAN;
import static ai.bytesandbrains.engine.hostile.Shapes.ROOM;
import static ai.bytesandbrains.engine.hostile.Shapes.SHORT;
import static ai.bytesandbrains.engine.hostile.Shapes.STRIDE;
import static ai.bytesandbrains.engine.hostile.Shapes.VECTORS;
import static ai.bytesandbrains.engine.hostile.Shapes.ZERO;

import ai.bytesandbrains.engine.memory.IdMap;
import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.memory.SlotTable;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.train.KMeans;
import ai.bytesandbrains.engine.train.KMeansRun;
import ai.bytesandbrains.engine.train.MiniBatchKMeans;
import ai.bytesandbrains.engine.train.Points;
import ai.bytesandbrains.engine.train.Reservoir;
import ai.bytesandbrains.engine.train.TrainingProgress;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Wrong calls of off-heap stores and of k-means.
final class StorageCases {
    private static final int MAX = Integer.MAX_VALUE;

    private final List<HostileCase> cases = new ArrayList<>();

    List<HostileCase> cases() {
        ids();
        slots();
        rows();
        points();
        clusterings();
        streams();
        return cases;
    }

    private void ids() {
        IdMap map = new IdMap();
        cases.add(refused("IdMap.put", "slot=-1", () -> map.put(1, -1)));
        cases.add(refused("IdMap.reserve", "ids=-1", () -> map.reserve(-1)));
        cases.add(refused("IdMap.reserve", "ids=" + MAX, () -> map.reserve(MAX)));
        cases.add(refused("IdMap.bytesFor", "ids=-1", () -> IdMap.bytesFor(-1)));
        cases.add(
                refused(
                        "IdMap.bytesFor",
                        "ids=" + Long.MAX_VALUE,
                        () -> IdMap.bytesFor(Long.MAX_VALUE)));
        IdMap gone = new IdMap();
        gone.close();
        gone.close();
        cases.add(closed("IdMap.get", () -> gone.get(1)));
        cases.add(closed("IdMap.put", () -> gone.put(1, 1)));
        cases.add(closed("IdMap.remove", () -> gone.remove(1)));
        cases.add(closed("IdMap.clear", gone::clear));
        cases.add(closed("IdMap.reserve", () -> gone.reserve(1)));
    }

    private void slots() {
        SlotTable slots = new SlotTable();
        slots.reserve(1);
        slots.beginWrite(0);
        slots.commit(0, 1);
        cases.add(refused("SlotTable.reserve", "slots=-1", () -> slots.reserve(-1)));
        cases.add(refused("SlotTable.reserve", "slots=" + MAX, () -> slots.reserve(MAX)));
        cases.add(refused("SlotTable.bytesFor", "slots=-1", () -> SlotTable.bytesFor(-1)));
        cases.add(
                refused(
                        "SlotTable.bytesFor",
                        "slots=" + Long.MAX_VALUE,
                        () -> SlotTable.bytesFor(Long.MAX_VALUE)));
        for (int slot : new int[] {-1, MAX, Integer.MIN_VALUE}) {
            cases.add(outOfRange("SlotTable.beginWrite", () -> slots.beginWrite(slot)));
            cases.add(outOfRange("SlotTable.commit", () -> slots.commit(slot, 1)));
            cases.add(outOfRange("SlotTable.setId", () -> slots.setId(slot, 1)));
            cases.add(outOfRange("SlotTable.idAt", () -> slots.idAt(slot)));
            cases.add(refused("SlotTable.free", "slot=" + slot, () -> slots.free(slot)));
        }
        SlotTable gone = new SlotTable();
        gone.reserve(1);
        gone.beginWrite(0);
        gone.commit(0, 1);
        gone.close();
        gone.close();
        cases.add(closed("SlotTable.reserve", () -> gone.reserve(1)));
        cases.add(closed("SlotTable.free", () -> gone.free(0)));
        cases.add(closed("SlotTable.clear", gone::clear));
        cases.add(closed("SlotTable.idAt", () -> gone.idAt(0)));
        cases.add(closed("SlotTable.setId", () -> gone.setId(0, 2)));
        cases.add(closed("SlotTable.ensureOpen", gone::ensureOpen));
    }

    private void rows() {
        for (int bytes : new int[] {0, -1, Integer.MIN_VALUE}) {
            String message = "=" + bytes;
            cases.add(refused("RowStore.ofBytes", message, () -> RowStore.ofBytes(bytes).close()));
            cases.add(
                    refused(
                            "RowStore.ofBytes",
                            message,
                            () -> RowStore.ofBytes(bytes, new SlotTable()).close()));
            cases.add(
                    refused(
                            "RowStore.ofOneBlock",
                            message,
                            () -> RowStore.ofOneBlock(bytes).close()));
            cases.add(
                    refused("RowStore.ofFloats", message, () -> RowStore.ofFloats(bytes).close()));
            cases.add(refused("RowStore.bytesFor", message, () -> RowStore.bytesFor(bytes, 1)));
            cases.add(
                    refused("RowStore.paddedFloats", message, () -> RowStore.paddedFloats(bytes)));
        }
        cases.add(refused("RowStore.paddedFloats", "=" + MAX, () -> RowStore.paddedFloats(MAX)));
        cases.add(
                refused(
                        "RowStore.bytesFor",
                        "rows=" + (1L << 31),
                        () -> RowStore.bytesFor(MAX, 1L << 31)));
        RowStore rows = RowStore.ofBytes(4);
        rows.allocate();
        cases.add(refused("RowStore.reserve", "rows=-1", () -> rows.reserve(-1)));
        for (int slot : new int[] {-1, 1, MAX}) {
            cases.add(refused("RowStore.free", "slot=" + slot, () -> rows.free(slot)));
            cases.add(outOfRange("RowStore.tagOf", () -> rows.tagOf(slot)));
            cases.add(outOfRange("RowStore.setTag", () -> rows.setTag(slot, 1)));
        }
        cases.add(outOfRange("RowStore.segmentOf", () -> rows.segmentOf(-1)));
        cases.add(outOfRange("RowStore.segmentOf", () -> rows.segmentOf(MAX)));
        RowStore gone = RowStore.ofBytes(4);
        gone.allocate();
        gone.close();
        gone.close();
        cases.add(closed("RowStore.allocate", gone::allocate));
        cases.add(closed("RowStore.free", () -> gone.free(0)));
        cases.add(closed("RowStore.clear", gone::clear));
        cases.add(closed("RowStore.reserve", () -> gone.reserve(1 << 20)));
        cases.add(closed("RowStore.tagOf", () -> gone.tagOf(0)));
        cases.add(closed("RowStore.setTag", () -> gone.setTag(0, 1)));
    }

    private void points() {
        for (int count : new int[] {0, -1, COUNT + 1, MAX}) {
            cases.add(
                    refused(
                            "Points.of",
                            "count=" + count,
                            () -> Points.of(VECTORS, 0, STRIDE, count, DIMENSIONS)));
        }
        for (int dimensions : new int[] {0, -1, MAX}) {
            cases.add(
                    refused(
                            "Points.of",
                            "points:",
                            () -> Points.of(VECTORS, 0, STRIDE, 1, dimensions)));
        }
        cases.add(
                refused(
                        "Points.of",
                        "stride=" + Long.MAX_VALUE,
                        () -> Points.of(VECTORS, 0, Long.MAX_VALUE, 2, DIMENSIONS)));
        cases.add(refused("Points.withWeights", "weights:", () -> all().withWeights(SHORT, 0)));
        cases.add(
                refused(
                        "Points.new",
                        "weights: offset=-1",
                        () -> new Points(VECTORS, 0, STRIDE, COUNT, DIMENSIONS, ROOM, -1)));
    }

    private void clusterings() {
        cases.add(refused("Config.new", "clusters=0", () -> new KMeans.Config(0, 1, 1)));
        cases.add(refused("Config.new", "clusters=" + MAX, () -> new KMeans.Config(MAX, 1, 1)));
        cases.add(refused("Config.new", "iterations=-1", () -> new KMeans.Config(1, -1, 1)));
        cases.add(
                refused(
                        "Config.new",
                        "maxPointsPerCluster=0",
                        () -> new KMeans.Config(1, 1, 0, 1)));
        KMeans.Config four = new KMeans.Config(4, 1, 1);
        cases.add(refused("Config.withCandidates", "candidates=0", () -> four.withCandidates(0)));
        cases.add(refused("Config.withCandidates", "candidates=65", () -> four.withCandidates(65)));
        KMeans.Config many = new KMeans.Config(COUNT + 1, 1, 1);
        Workers alone = Workers.caller();
        TrainingProgress none = TrainingProgress.NONE;
        cases.add(refused("KMeans.train", "points=100", () -> train(all(), many, ROOM)));
        cases.add(refused("KMeans.train", "centroids:", () -> train(all(), four, SHORT)));
        cases.add(refused("KMeans.train", "[2]=NaN", () -> train(one(NAN), one(), ROOM)));
        cases.add(refused("KMeans.train", "[3]=-Inf", () -> train(one(INFINITE), one(), ROOM)));
        MemorySegment huge = Shapes.ARENA.allocate(2 * STRIDE);
        for (int i = 0; i < DIMENSIONS; i++) {
            huge.setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.MAX_VALUE);
            huge.setAtIndex(ValueLayout.JAVA_FLOAT, (long) DIMENSIONS + i, -Float.MAX_VALUE);
        }
        KMeans.Config two = new KMeans.Config(2, 1, 1);
        cases.add(
                refused(
                        "KMeans.train",
                        "too large",
                        () -> train(Points.of(huge, 0, STRIDE, 2, DIMENSIONS), two, ROOM)));
        cases.add(
                refused(
                        "KMeans.train",
                        "weights[0]=0.0",
                        () -> train(all().withWeights(zeros(), 0), four, ROOM)));
        cases.add(
                refused(
                        "KMeans.train",
                        "count=0",
                        () -> KMeans.train(VECTORS, 0, STRIDE, 0, DIMENSIONS, four, ROOM, 0)));
        RowStore empty = RowStore.ofFloats(DIMENSIONS);
        cases.add(
                refused(
                        "KMeans.train",
                        "count=0",
                        () -> KMeans.train(empty, DIMENSIONS, four, ROOM, 0)));
        cases.add(
                refused(
                        "KMeans.train",
                        "dimensions=17",
                        () -> KMeans.train(empty, 17, four, ROOM, 0)));
        cases.add(refused("KMeansRun.new", "points=100", () -> new KMeansRun(all(), many).close()));
        KMeansRun begun = new KMeansRun(all(), four);
        cases.add(state("KMeansRun.result", "not done", begun::result));
        cases.add(state("KMeansRun.cluster", "not done", () -> begun.cluster(0)));
        cases.add(state("KMeansRun.centroids", "not done", () -> begun.centroids(ROOM, 0)));
        cases.add(refused("KMeansRun.centroids", "offset=-1", () -> begun.centroids(ROOM, -1)));
        KMeansRun gone = new KMeansRun(all(), four);
        gone.close();
        gone.close();
        cases.add(closed("KMeansRun.step", () -> gone.step(1)));
        cases.add(closed("KMeansRun.run", () -> gone.run(alone, none)));
    }

    private void streams() {
        KMeans.Config four = new KMeans.Config(4, 1, 1);
        KMeans.Config most = new KMeans.Config(1 << 20, 1, 1);
        cases.add(
                refused(
                        "MiniBatchKMeans.new",
                        "dimensions=0",
                        () -> new MiniBatchKMeans(four, 0).close()));
        cases.add(
                refused(
                        "MiniBatchKMeans.new",
                        "clusters=" + (1 << 20),
                        () -> new MiniBatchKMeans(most, 8192).close()));
        MiniBatchKMeans stream = new MiniBatchKMeans(four, DIMENSIONS);
        cases.add(state("MiniBatchKMeans.centroids", "no batch", () -> stream.centroids(ROOM, 0)));
        cases.add(
                refused(
                        "MiniBatchKMeans.centroids",
                        "byteSize=31",
                        () -> stream.centroids(SHORT, 0)));
        for (double factor : new double[] {0, -1, 1.1, Double.NaN}) {
            cases.add(refused("MiniBatchKMeans.forget", "factor=", () -> stream.forget(factor)));
        }
        cases.add(
                refused(
                        "MiniBatchKMeans.update",
                        "batch.dimensions=4",
                        () -> stream.update(Points.of(VECTORS, 0, STRIDE, COUNT, 4))));
        cases.add(refused("MiniBatchKMeans.update", "points=1", () -> stream.update(one(ZERO))));
        MiniBatchKMeans gone = new MiniBatchKMeans(four, DIMENSIONS);
        gone.close();
        gone.close();
        cases.add(closed("MiniBatchKMeans.update", () -> gone.update(all())));
        cases.add(refused("Reservoir.new", "capacity=0", () -> new Reservoir(0, 1, 1)));
        cases.add(refused("Reservoir.new", "dimensions=" + MAX, () -> new Reservoir(MAX, MAX, 1)));
        Reservoir reservoir = new Reservoir(1, DIMENSIONS, 1);
        cases.add(refused("Reservoir.offer", "byteSize=31", () -> reservoir.offer(SHORT, 0)));
    }

    private static Points all() {
        return Points.of(VECTORS, 0, STRIDE, COUNT, DIMENSIONS);
    }

    private static Points one(MemorySegment vector) {
        return Points.of(vector, 0, STRIDE, 1, DIMENSIONS);
    }

    private static KMeans.Config one() {
        return new KMeans.Config(1, 1, 1);
    }

    private static MemorySegment zeros() {
        return Shapes.ARENA.allocate(4L * COUNT);
    }

    private static void train(Points points, KMeans.Config config, MemorySegment out) {
        KMeans.train(points, config, out, 0, Workers.caller(), TrainingProgress.NONE);
    }
}
