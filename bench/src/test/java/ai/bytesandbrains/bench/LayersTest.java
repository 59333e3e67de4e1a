package ai.bytesandbrains.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// Modules may only use those to their right: bench, transport-aeron, codecs-sbe, engine.
@AnalyzeClasses(
        packages = "ai.bytesandbrains",
        importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
    private static final String ENGINE = "ai.bytesandbrains.engine..";
    private static final String CODECS = "ai.bytesandbrains.codecs.sbe..";
    private static final String TRANSPORT = "ai.bytesandbrains.transport.aeron..";
    private static final String BENCH = "ai.bytesandbrains.bench..";

    @ArchTest
    static final ArchRule SHOULD_KEEP_ENGINE_BELOW_ALL =
            mayNotUse(ENGINE, CODECS, TRANSPORT, BENCH);

    @ArchTest
    static final ArchRule SHOULD_KEEP_CODECS_BELOW_TRANSPORT = mayNotUse(CODECS, TRANSPORT, BENCH);

    @ArchTest static final ArchRule SHOULD_KEEP_TRANSPORT_BELOW_BENCH = mayNotUse(TRANSPORT, BENCH);

    /// The command line uses the readers, never the other way round.
    @ArchTest
    static final ArchRule SHOULD_KEEP_DATA_BELOW_CLI =
            mayNotUse("ai.bytesandbrains.bench.data..", "ai.bytesandbrains.bench.cli..");

    private static ArchRule mayNotUse(final String lower, final String... upper) {
        return noClasses()
                .that()
                .resideInAPackage(lower)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(upper)
                .allowEmptyShould(true);
    }
}
