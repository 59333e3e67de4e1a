package ai.bytesandbrains.engine.hostile;

import static ai.bytesandbrains.engine.hostile.HostileCase.outOfRange;
import static ai.bytesandbrains.engine.hostile.HostileCase.refused;
import static ai.bytesandbrains.engine.hostile.Shapes.DIMENSIONS;
import static ai.bytesandbrains.engine.hostile.Shapes.INFINITE;
import static ai.bytesandbrains.engine.hostile.Shapes.NAN;
import static ai.bytesandbrains.engine.hostile.Shapes.ROOM;
import static ai.bytesandbrains.engine.hostile.Shapes.VECTORS;
import static ai.bytesandbrains.engine.hostile.Shapes.ZERO;

import ai.bytesandbrains.engine.codec.PqSpace;
import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.space.CosineSpace;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.HammingSpace;
import ai.bytesandbrains.engine.space.InnerProductSpace;
import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.engine.space.L2Space;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/// Wrong calls of spaces.
final class SpaceCases {
    private final List<HostileCase> cases = new ArrayList<>();

    List<HostileCase> cases() {
        for (Metric metric : new Metric[] {Metric.L2, Metric.COSINE, Metric.INNER_PRODUCT}) {
            floats(metric.space(DIMENSIONS));
            floats(new Int8Space(metric, DIMENSIONS));
        }
        memory(new HammingSpace(DIMENSIONS));
        memory(new PqSpace(Shapes.codebook(Metric.L2)));
        constructors();
        arrays();
        checks();
        return cases;
    }

    private void floats(EmbeddingSpace space) {
        String name = space.getClass().getSimpleName() + '.';
        memory(space);
        for (MemorySegment bad : new MemorySegment[] {NAN, INFINITE, ZERO}) {
            if (bad.equals(ZERO) && space.metric() != Metric.COSINE) {
                continue;
            }
            String message = bad.equals(ZERO) ? "norm=0.0" : "is not finite";
            cases.add(
                    refused(name + "distance", message, () -> space.distance(bad, 0, VECTORS, 0)));
            cases.add(
                    refused(name + "distance", message, () -> space.distance(VECTORS, 0, bad, 0)));
            cases.add(refused(name + "storeRow", message, () -> space.storeRow(bad, 0, ROOM, 0)));
            cases.add(refused(name + "prepare", message, () -> space.prepare(bad, 0, ROOM, 0)));
        }
        float[] good = new float[DIMENSIONS];
        good[0] = 1;
        cases.add(
                refused(name + "distance", "a.length=0", () -> space.distance(new float[0], good)));
        cases.add(
                refused(
                        name + "distance",
                        "b.length=9",
                        () -> space.distance(good, new float[DIMENSIONS + 1])));
    }

    /// Every segment of every call cut by a byte, and offsets from one end of the range to the
    /// other.
    private void memory(EmbeddingSpace space) {
        String name = space.getClass().getSimpleName() + '.';
        MemorySegment vector = ROOM.asSlice(0, space.vectorBytes());
        MemorySegment row = ROOM.asSlice(0, space.rowBytes());
        MemorySegment prepared = ROOM.asSlice(0, space.preparedBytes());
        MemorySegment cut = ROOM.asSlice(0, space.vectorBytes() - 1);
        MemorySegment cutRow = ROOM.asSlice(0, space.rowBytes() - 1);
        MemorySegment cutPrepared = ROOM.asSlice(0, space.preparedBytes() - 1);
        cases.add(refused(name + "distance", "a:", () -> space.distance(cut, 0, vector, 0)));
        cases.add(refused(name + "distance", "b:", () -> space.distance(VECTORS, 0, cut, 0)));
        cases.add(refused(name + "storeRow", "", () -> space.storeRow(cut, 0, row, 0)));
        cases.add(refused(name + "storeRow", "row:", () -> space.storeRow(VECTORS, 0, cutRow, 0)));
        cases.add(refused(name + "prepare", "", () -> space.prepare(cut, 0, prepared, 0)));
        cases.add(refused(name + "prepare", "", () -> space.prepare(VECTORS, 0, cutPrepared, 0)));
        cases.add(
                refused(
                        name + "distancePrepared",
                        "prepared:",
                        () -> space.distancePrepared(cutPrepared, 0, row, 0)));
        cases.add(
                refused(
                        name + "distancePrepared",
                        "row:",
                        () -> space.distancePrepared(prepared, 0, cutRow, 0)));
        for (long offset : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, ROOM.byteSize()}) {
            String message = "offset=" + offset;
            cases.add(
                    refused(
                            name + "distance",
                            message,
                            () -> space.distance(ROOM, offset, ROOM, 0)));
            cases.add(
                    refused(
                            name + "prepare",
                            message,
                            () -> space.prepare(VECTORS, 0, ROOM, offset)));
            cases.add(
                    refused(
                            name + "distancePrepared",
                            message,
                            () -> space.distancePrepared(ROOM, 0, ROOM, offset)));
        }
        RowStore rows = RowStore.ofBytes(Math.toIntExact(space.rowBytes()));
        rows.allocate();
        RowStore narrow = RowStore.ofBytes(Math.max(1, Math.toIntExact(space.rowBytes()) - 1));
        narrow.allocate();
        float[] out = new float[2];
        String many = name + "distancesPrepared";
        cases.add(
                refused(
                        many,
                        "prepared:",
                        () -> space.distancesPrepared(cutPrepared, 0, rows, 0, 1, out)));
        cases.add(
                refused(
                        many,
                        "rowStride=",
                        () -> space.distancesPrepared(prepared, 0, narrow, 0, 1, out)));
        for (int count : new int[] {-1, 2, Integer.MAX_VALUE}) {
            cases.add(
                    outOfRange(
                            many, () -> space.distancesPrepared(prepared, 0, rows, 0, count, out)));
        }
        for (int first : new int[] {-1, 1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            cases.add(
                    outOfRange(
                            many, () -> space.distancesPrepared(prepared, 0, rows, first, 1, out)));
        }
        cases.add(
                outOfRange(
                        many,
                        () -> space.distancesPrepared(prepared, 0, rows, 0, 1, new float[0])));
    }

    private void constructors() {
        record Maker(String name, IntConsumer make) {}
        for (Maker maker :
                List.of(
                        new Maker("L2Space.new", L2Space::new),
                        new Maker("CosineSpace.new", CosineSpace::new),
                        new Maker("InnerProductSpace.new", InnerProductSpace::new),
                        new Maker("HammingSpace.new", HammingSpace::new),
                        new Maker("Int8Space.new", d -> new Int8Space(Metric.L2, d)),
                        new Maker("Metric.space", Metric.L2::space),
                        new Maker("Vectors.checkDimensions", Vectors::checkDimensions))) {
            for (int dimensions : new int[] {0, -1, 8193, Integer.MAX_VALUE}) {
                cases.add(
                        refused(
                                maker.name,
                                "dimensions=" + dimensions,
                                () -> maker.make.accept(dimensions)));
            }
        }
        cases.add(
                refused("Int8Space.new", "metric=HAMMING", () -> new Int8Space(Metric.HAMMING, 8)));
    }

    private void arrays() {
        HammingSpace bits = new HammingSpace(12);
        byte[] good = new byte[2];
        cases.add(
                refused(
                        "HammingSpace.distance",
                        "a.length=1",
                        () -> bits.distance(new byte[1], good)));
        cases.add(
                refused(
                        "HammingSpace.distance",
                        "beyond dimensions=12",
                        () -> bits.distance(good, new byte[] {0, 16})));
        cases.add(
                refused(
                        "HammingSpace.distance",
                        "not floats",
                        () -> bits.distance(new float[12], new float[12])));
        Int8Space int8 = new Int8Space(Metric.L2, DIMENSIONS);
        MemorySegment cut = ROOM.asSlice(0, int8.rowBytes() - 1);
        cases.add(refused("Int8Space.loadRow", "row:", () -> int8.loadRow(cut, 0, ROOM, 0)));
        cases.add(refused("Int8Space.loadRow", "vector:", () -> int8.loadRow(ROOM, 0, ROOM, -1)));
    }

    private void checks() {
        EmbeddingSpace floats = new L2Space(DIMENSIONS);
        EmbeddingSpace bits = new HammingSpace(DIMENSIONS);
        float[] wrong = new float[DIMENSIONS + 1];
        cases.add(
                refused(
                        "Vectors.checkLength",
                        "x.length=9",
                        () -> Vectors.checkLength("x", wrong, 8)));
        cases.add(
                refused(
                        "Vectors.checkArray",
                        "x.length=9",
                        () -> Vectors.checkArray("x", wrong, floats)));
        cases.add(refused("Vectors.checkFloats", "not floats", () -> Vectors.checkFloats(bits)));
        cases.add(
                refused(
                        "Vectors.checkVector",
                        "x: offset=-1",
                        () -> Vectors.checkVector("x", ROOM, -1, floats)));
        cases.add(
                refused(
                        "Vectors.checkRange",
                        "x: offset=0",
                        () -> Vectors.checkRange("x", ROOM, 0, 4, 1, Integer.MAX_VALUE)));
        cases.add(
                refused(
                        "Vectors.checkRows",
                        "length=" + Long.MAX_VALUE,
                        () -> Vectors.checkRows("x", ROOM, 0, 0, 1, Long.MAX_VALUE)));
        cases.add(
                refused(
                        "Vectors.checkRows",
                        "length=" + Long.MIN_VALUE,
                        () -> Vectors.checkRows("x", ROOM, 0, 0, 1, Long.MIN_VALUE)));
        cases.add(
                refused(
                        "Vectors.checkFinite",
                        "x[2]=NaN",
                        () -> Vectors.checkFinite("x", NAN, 0, DIMENSIONS)));
        cases.add(
                refused(
                        "Vectors.normalise",
                        "norm=0.0",
                        () -> Vectors.normalise("x", ZERO, 0, DIMENSIONS, ROOM, 0)));
    }
}
