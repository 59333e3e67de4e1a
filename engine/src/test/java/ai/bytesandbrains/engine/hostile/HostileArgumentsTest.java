package ai.bytesandbrains.engine.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.index.Index;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Wrong calls of all public methods of vectors, codes and indexes: each is refused by one
/// exception that says what was wrong, and changes nothing.
class HostileArgumentsTest {
    private static final String ENGINE = "ai.bytesandbrains.engine.";
    private static final List<String> PACKAGES =
            List.of("index", "codec", "train", "store", "space", "memory");

    /// Methods without wrong arguments: any number will do, or they take what was checked when it
    /// was made.
    private static final Set<String> ANY_ARGUMENT =
            Set.of(
                    "Part.new",
                    "Neighbour.new",
                    "SearchOptions.withFilter",
                    "SearchStats.addScanned",
                    "SearchStats.addReranked",
                    "SearchStats.measuredByCodes",
                    "SlotBitmap.accepts",
                    "SlotBitmap.get",
                    "SlotBitmap.unset",
                    "FlatIndex.new",
                    "Codebook.hasSameId",
                    "CodebookFormat.bytes",
                    "PqSpace.new",
                    "ProductQuantizer.new",
                    "SdcTable.new",
                    "Result.new",
                    "TrainingCancelledException.new",
                    "Distances.compare",
                    "Distances.fromSortableBits",
                    "Distances.sortableBits",
                    "Metric.admits",
                    "Kernel.new",
                    "CodebookFile.save",
                    "RowStore.isLive",
                    "RowStore.offsetOf",
                    "RowStore.runLength",
                    "SlotTable.blocks",
                    "SlotTable.isLive");

    /// What kernels and scans call in their loops, which have checked; arrays and segments check
    /// again, with messages of their own.
    private static final Set<String> INNER_LOOPS =
            Set.of(
                    "NearestCentroids.new",
                    "NearestCentroids.assign",
                    "NearestCentroids.centre",
                    "NearestCentroids.nearest",
                    "NearestCentroids.padded",
                    "NearestCentroids.squared",
                    "Scratch.new",
                    "Vectors.checkPrepared",
                    "Vectors.checkRun",
                    "SlotTable.liveWord",
                    "SlotTable.liveWords",
                    "SlotTable.noteSequences",
                    "SlotTable.sequence",
                    "SlotTable.unchanged");

    private static final IndexCases INDEXES = new IndexCases();
    private static final List<HostileCase> CASES =
            Stream.of(
                            INDEXES.cases(),
                            new CodecCases().cases(),
                            new SpaceCases().cases(),
                            new StorageCases().cases())
                    .flatMap(List::stream)
                    .toList();

    static List<HostileCase> cases() {
        return CASES;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldRefuse(HostileCase hostile) {
        assertThatThrownBy(hostile.call()::run)
                .as(hostile.method())
                .isInstanceOf(hostile.error())
                .hasMessageContaining(hostile.message());
        for (Index index : INDEXES.indexes()) {
            assertThat(index.len()).isEqualTo(Shapes.COUNT);
        }
    }

    @Test
    void shouldLeaveIndexesAsTheyWere() {
        List<List<?>> before = INDEXES.indexes().stream().<List<?>>map(i -> answers(i)).toList();
        for (HostileCase hostile : CASES) {
            assertThatThrownBy(hostile.call()::run).isInstanceOf(hostile.error());
        }
        for (int i = 0; i < before.size(); i++) {
            assertThat(answers(INDEXES.indexes().get(i))).isEqualTo(before.get(i));
        }
    }

    private static List<?> answers(Index index) {
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < Shapes.COUNT; i += 9) {
            float[] query = TestVectors.array(Shapes.VECTORS, i, Shapes.DIMENSIONS);
            all.addAll(index.search(query, Shapes.COUNT));
        }
        all.add(index.memory());
        return all;
    }

    @Test
    void shouldTryEveryPublicMethodThatTakesArguments() throws Exception {
        Set<String> missing = new TreeSet<>();
        for (String each : PACKAGES) {
            for (Class<?> type : publicClasses(each)) {
                missing.addAll(withArguments(type));
            }
        }
        assertThat(missing).contains("FlatIndex.add", "IdMap.put", "Config.new");
        CASES.forEach(hostile -> missing.remove(hostile.method()));
        missing.removeAll(ANY_ARGUMENT);
        missing.removeAll(INNER_LOOPS);

        assertThat(missing).isEmpty();
    }

    private static List<Class<?>> publicClasses(String of) throws Exception {
        Path classes =
                Path.of(Index.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<Class<?>> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(classes.resolve(ENGINE.replace('.', '/') + of))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                if (!name.equals("package-info")) {
                    Class<?> type = Class.forName(ENGINE + of + '.' + name);
                    if (Modifier.isPublic(type.getModifiers()) && !type.isInterface()) {
                        found.add(type);
                    }
                }
            }
        }
        return found;
    }

    private static Set<String> withArguments(Class<?> type) {
        Set<String> names = new TreeSet<>();
        for (Constructor<?> constructor : type.getConstructors()) {
            if (constructor.getParameterCount() > 0) {
                names.add(type.getSimpleName() + ".new");
            }
        }
        for (Method method : type.getMethods()) {
            if (method.getParameterCount() > 0
                    && method.getDeclaringClass().getName().startsWith(ENGINE)
                    && !Set.of("equals", "valueOf").contains(method.getName())) {
                names.add(type.getSimpleName() + '.' + method.getName());
            }
        }
        return names;
    }
}
