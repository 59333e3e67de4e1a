package ai.bytesandbrains.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import ai.bytesandbrains.engine.memory.Pause;
import ai.bytesandbrains.engine.op.Workers;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Map;
import java.util.Set;

/// The packages of the engine, and what each of them may use.
class LayersTest {
    private static final String ENGINE = "ai.bytesandbrains.engine";
    private static final String ROOT = ENGINE + ".";

    /// Kernels are compiled in the background: the only thread and the only clock of the engine.
    private static final String WARM_UP = ".*\\.simd\\.Kernel(WarmUp|Family)";

    private static final JavaClasses MAIN =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(ENGINE);

    /// Besides itself, `memory` and `op`. Whoever uses codecs or indexes meets their spaces.
    private static final Map<String, Set<String>> MAY_USE =
            Map.ofEntries(
                    Map.entry("memory", Set.of()),
                    Map.entry("op", Set.of()),
                    Map.entry("simd", Set.of()),
                    Map.entry("space", Set.of("simd")),
                    Map.entry("train", Set.of("simd", "space")),
                    Map.entry("codec", Set.of("simd", "space", "train")),
                    Map.entry("index", Set.of("simd", "space", "train", "codec")),
                    Map.entry("store", Set.of("simd", "space", "train", "codec", "index")),
                    Map.entry("overlay", Set.of()),
                    Map.entry("session", Set.of("overlay")),
                    Map.entry("transfer", Set.of("overlay")),
                    Map.entry("gossip", Set.of("overlay")),
                    Map.entry("gossippq", Set.of("overlay", "simd", "space", "train", "codec")),
                    Map.entry("semantic", Set.of("overlay", "space")),
                    Map.entry("search", Set.of("overlay", "space", "index")));

    static Set<String> layers() {
        return MAY_USE.keySet();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void shouldUseOnlyTheLayersBelow(String layer) {
        String[] forbidden =
                MAY_USE.keySet().stream()
                        .filter(other -> !other.equals(layer))
                        .filter(other -> !Set.of("memory", "op").contains(other))
                        .filter(other -> !MAY_USE.get(layer).contains(other))
                        .map(other -> ROOT + other + "..")
                        .toArray(String[]::new);

        noClasses()
                .that()
                .resideInAPackage(ROOT + layer + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "sim..")
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void shouldKeepTheKernelsInsideTheEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ENGINE + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "simd..")
                .allowEmptyShould(true)
                .check(new ClassFileImporter().importPackages("ai.bytesandbrains", "org.example"));
    }

    @Test
    void shouldLinkTheVectorApiInVectorClassesOnly() {
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.simd\\.Vector.*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector..")
                .check(MAIN);
    }

    /// [Workers] are threads that a caller makes, for work that returns before the call does;
    /// [Pause] is the yield of a reader that meets the writer.
    @Test
    void shouldHaveNoSocketsThreadsOrLoggers() {
        noClasses()
                .that()
                .haveNameNotMatching(WARM_UP)
                .and()
                .doNotBelongToAnyOf(Workers.class, Pause.class)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.net..",
                        "java.util.logging..",
                        "java.util.concurrent",
                        "java.util.concurrent.locks")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(System.Logger.class)
                .check(MAIN);
    }

    /// Only the store may open files.
    @Test
    void shouldHaveNoChannelsOutsideTheStore() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "store..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.nio.channels..")
                .check(MAIN);
    }

    @Test
    void shouldTakeTimeAsAnArgument() {
        noClasses()
                .that()
                .haveNameNotMatching(WARM_UP)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.time.Clock.class)
                .check(MAIN);
    }
}
