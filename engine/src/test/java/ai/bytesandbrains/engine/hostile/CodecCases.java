package ai.bytesandbrains.engine.hostile;

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

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.CodebookBuilder;
import ai.bytesandbrains.engine.codec.CodebookFormat;
import ai.bytesandbrains.engine.codec.PackedCode;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.PqTraining;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.codec.SdcTable;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.store.CodebookFile;
import ai.bytesandbrains.engine.train.TrainingProgress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Wrong calls of codecs, codebooks and their files.
final class CodecCases {
    private static final int MAX = Integer.MAX_VALUE;
    private static final TrainingProgress NONE = TrainingProgress.NONE;
    private static final Workers TWO = Workers.of(2);
    private static final MemorySegment CONFINED = Arena.ofConfined().allocate(10 * STRIDE);

    private final List<HostileCase> cases = new ArrayList<>();
    private final Codebook book = Shapes.codebook(Metric.L2);
    private final int size = book.codeSize();

    List<HostileCase> cases() {
        shapes();
        quantizer();
        untrained();
        codebook();
        codebookBuilder();
        training();
        return cases;
    }

    private void shapes() {
        cases.add(refused("PqConfig.of", "subspaces=3", () -> PqConfig.of(Metric.L2, 8, 3, 1)));
        cases.add(refused("PqConfig.of", "subspaces=0", () -> PqConfig.of(Metric.L2, 8, 0, 1)));
        cases.add(refused("PqConfig.of", "bits=5", () -> PqConfig.of(Metric.L2, 8, 4, 5, 1)));
        cases.add(refused("PqConfig.of", "dimensions=0", () -> PqConfig.of(Metric.L2, 0, 1, 1)));
        cases.add(
                refused(
                        "PqConfig.of",
                        "dimensions=" + MAX,
                        () -> PqConfig.of(Metric.L2, MAX, 1, 1)));
        cases.add(
                refused(
                        "PqConfig.of",
                        "metric=HAMMING",
                        () -> PqConfig.of(Metric.HAMMING, 8, 1, 1)));
        PqConfig config = Shapes.config(Metric.L2);
        cases.add(
                refused(
                        "PqConfig.withIterations",
                        "iterations=-1",
                        () -> config.withIterations(-1)));
        cases.add(
                refused(
                        "PqConfig.withMaxPointsPerCentroid",
                        "maxPointsPerCentroid=0",
                        () -> config.withMaxPointsPerCentroid(0)));
        cases.add(
                refused(
                        "PqConfig.new",
                        "iterations=" + Integer.MIN_VALUE,
                        () -> new PqConfig(Metric.L2, 8, 4, 4, Integer.MIN_VALUE, 1, 1)));
        cases.add(refused("PackedCode.new", "bits=7", () -> new PackedCode(7, 1)));
        cases.add(refused("PackedCode.new", "subspaces=0", () -> new PackedCode(8, 0)));
        PackedCode packed = new PackedCode(4, 3);
        MemorySegment code = MemorySegment.ofArray(new byte[2]);
        cases.add(refused("PackedCode.get", "offset=1", () -> packed.get(code, 1, 0)));
        cases.add(outOfRange("PackedCode.get", () -> packed.get(code, 0, 3)));
        cases.add(refused("PackedCode.set", "value=16", () -> packed.set(code, 0, 0, 16)));
        cases.add(outOfRange("PackedCode.set", () -> packed.set(code, 0, -1, 0)));
    }

    private void quantizer() {
        ProductQuantizer q = new ProductQuantizer(Shapes.codebook(Metric.COSINE));
        String name = "ProductQuantizer.";
        for (MemorySegment bad : new MemorySegment[] {NAN, INFINITE, ZERO, SHORT}) {
            String message =
                    bad.equals(ZERO)
                            ? "norm=0.0"
                            : bad.equals(SHORT) ? "byteSize=31" : "is not finite";
            cases.add(refused(name + "encode", message, () -> q.encode(bad, 0, ROOM, 0)));
            cases.add(refused(name + "adcTable", message, () -> q.adcTable(bad, 0, ROOM, 0)));
            cases.add(refused(name + "observe", message, () -> q.observe(bad, 0)));
            cases.add(
                    refused(
                            name + "encodeBatch",
                            message,
                            () -> q.encodeBatch(bad, 0, 0, 1, ROOM, 0, 0, TWO)));
        }
        for (int count : new int[] {0, -1, MAX}) {
            String message = "count=" + count;
            cases.add(
                    refused(
                            name + "encodeBatch",
                            message,
                            () -> q.encodeBatch(VECTORS, 0, STRIDE, count, ROOM, 0, size)));
            cases.add(
                    refused(
                            name + "decodeBatch",
                            message,
                            () -> q.decodeBatch(ROOM, 0, size, count, VECTORS, 0, STRIDE)));
            cases.add(
                    refused(
                            name + "observeBatch",
                            message,
                            () -> q.observeBatch(VECTORS, 0, STRIDE, count)));
            cases.add(
                    refused(
                            name + "adcDistances",
                            message,
                            () -> q.adcDistances(ROOM, 0, ROOM, 0, size, count, new float[1])));
            cases.add(refused(name + "train", message, () -> q.train(VECTORS, 0, STRIDE, count)));
        }
        cases.add(refused(name + "train", "points=15", () -> q.train(VECTORS, 0, STRIDE, 15)));
        cases.add(refused(name + "encode", "codes", () -> q.encode(VECTORS, 0, SHORT, 30)));
        cases.add(refused(name + "decode", "codes", () -> q.decode(SHORT, 30, ROOM, 0)));
        cases.add(refused(name + "decode", "vectors", () -> q.decode(ROOM, 0, SHORT, 0)));
        cases.add(refused(name + "adcTable", "table", () -> q.adcTable(VECTORS, 0, SHORT, 0)));
        cases.add(
                refused(
                        name + "adcDistances",
                        "table",
                        () -> q.adcDistances(SHORT, 0, ROOM, 0, size, 1, new float[1])));
        cases.add(
                outOfRange(
                        name + "adcDistances",
                        () -> q.adcDistances(ROOM, 0, ROOM, 0, size, 2, new float[1])));
        cases.add(
                refused(
                        name + "encodeBatch",
                        "threads=2",
                        () -> q.encodeBatch(CONFINED, 0, STRIDE, 1, ROOM, 0, size, TWO)));
        cases.add(refused(name + "use", "metric=L2", () -> q.use(book)));
        cases.add(refused(name + "checkShape", "metric=L2", () -> q.checkShape(book)));
    }

    private void untrained() {
        ProductQuantizer q = new ProductQuantizer(Shapes.config(Metric.L2));
        Workers alone = Workers.caller();
        String name = "ProductQuantizer.";
        cases.add(state(name + "encode", "trained", () -> q.encode(VECTORS, 0, ROOM, 0)));
        cases.add(state(name + "decode", "trained", () -> q.decode(ROOM, 0, ROOM, 64)));
        cases.add(state(name + "adcTable", "trained", () -> q.adcTable(VECTORS, 0, ROOM, 0)));
        cases.add(state(name + "codebook", "trained", q::codebook));
        cases.add(state(name + "retrain", "observed=0", () -> q.retrain(alone, NONE)));
        cases.add(
                state(
                        name + "trainOnObserved",
                        "observed=0",
                        () -> q.trainOnObserved(alone, NONE)));
    }

    private void codebookBuilder() {
        cases.add(
                refused(
                        "CodebookBuilder.new",
                        "subspaces=3",
                        () -> new CodebookBuilder(Metric.L2, DIMENSIONS, 3, 4)));
        cases.add(
                refused(
                        "CodebookBuilder.add",
                        "byteSize=31",
                        () -> new CodebookBuilder(Metric.L2, DIMENSIONS, 4, 4).add(SHORT, 0)));
        cases.add(
                state(
                        "CodebookBuilder.build",
                        "0 of subspaces=4",
                        () -> new CodebookBuilder(Metric.L2, DIMENSIONS, 4, 4).build(0)));
    }

    private void codebook() {
        cases.add(
                refused(
                        "Codebook.of",
                        "byteSize=31",
                        () -> Codebook.of(Metric.L2, DIMENSIONS, 4, 4, SHORT, 0)));
        MemorySegment bad = Shapes.ARENA.allocate((4L * DIMENSIONS) << 4);
        MemorySegment.copy(NAN, 0, bad, 0, STRIDE);
        cases.add(
                refused(
                        "Codebook.of",
                        "is not finite",
                        () -> Codebook.of(Metric.L2, DIMENSIONS, 4, 4, bad, 0)));
        cases.add(outOfRange("Codebook.centroid", () -> book.centroid(4, 0, 0)));
        cases.add(outOfRange("Codebook.centroid", () -> book.centroid(0, 16, 0)));
        cases.add(outOfRange("Codebook.centroid", () -> book.centroid(0, 0, -1)));
        cases.add(
                refused(
                        "Codebook.decodeBatch",
                        "count=0",
                        () -> book.decodeBatch(ROOM, 0, size, 0, ROOM, 0, STRIDE)));
        cases.add(
                refused("CodebookFormat.write", "out", () -> CodebookFormat.write(book, SHORT, 0)));
        for (long length : new long[] {-1, 0, 63, 64, 1 << 20, Long.MAX_VALUE}) {
            cases.add(
                    refused("CodebookFormat.read", "", () -> CodebookFormat.read(ROOM, 0, length)));
        }
        SdcTable table = new SdcTable(book);
        cases.add(refused("SdcTable.distance", "a:", () -> table.distance(SHORT, 30, ROOM, 0)));
        cases.add(refused("SdcTable.distance", "b:", () -> table.distance(ROOM, 0, ROOM, -1)));
        cases.add(refused("SdcTable.table", "code", () -> table.table(SHORT, 31, ROOM, 0)));
        cases.add(refused("SdcTable.table", "table", () -> table.table(ROOM, 0, SHORT, 0)));
        cases.add(refused("CodebookFile.load", "empty", () -> load(new byte[0])));
        cases.add(refused("CodebookFile.load", "truncated", () -> load(new byte[10])));
        cases.add(refused("CodebookFile.load", "first 8 bytes", () -> load(new byte[64])));
    }

    private void training() {
        PqConfig config = Shapes.config(Metric.L2);
        cases.add(
                refused(
                        "PqTraining.new",
                        "points=15",
                        () -> new PqTraining(config, VECTORS, 0, STRIDE, 15).close()));
        cases.add(
                refused(
                        "PqTraining.new",
                        "count=" + (COUNT + 1),
                        () -> new PqTraining(config, VECTORS, 0, STRIDE, COUNT + 1).close()));
        PqTraining begun = new PqTraining(config, VECTORS, 0, STRIDE, COUNT);
        cases.add(state("PqTraining.codebook", "not done", begun::codebook));
        PqTraining gone = new PqTraining(config, VECTORS, 0, STRIDE, COUNT);
        gone.close();
        gone.close();
        cases.add(state("PqTraining.step", "", () -> gone.step(1)));
        cases.add(state("PqTraining.run", "", () -> gone.run(Workers.caller(), NONE)));
    }

    private static void load(byte[] content) {
        try {
            Path file = Files.createTempFile("codebook", ".test");
            try {
                Files.write(file, content);
                CodebookFile.load(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
