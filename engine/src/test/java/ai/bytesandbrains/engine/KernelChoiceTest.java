package ai.bytesandbrains.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.simd.Kernels;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What the engine chooses in a fresh JVM depends on that JVM's flags, what it computes does not.
class KernelChoiceTest {
    private static final String[] VECTOR_API = {"--add-modules", "jdk.incubator.vector"};
    private static final String SCALAR = "-D" + Kernels.PROPERTY + "=scalar";

    @Test
    void shouldTakeTheVectorApiWhereItIs() throws Exception {
        assertThat(probe(VECTOR_API).get("species")).matches("\\d+ bits \\(\\d+ floats\\)");
    }

    @Test
    void shouldRunScalarWithoutTheIncubatorModule() throws Exception {
        Map<String, String> facts = probe();

        assertThat(facts)
                .containsEntry("species", "scalar")
                .containsEntry("warm", "true")
                .containsEntry("distance", "27.0");
        assertThat(facts.get("reason")).contains("module jdk.incubator.vector is absent");
    }

    @Test
    void shouldRunScalarWhenAskedTo() throws Exception {
        Map<String, String> facts = probe(VECTOR_API[0], VECTOR_API[1], SCALAR);

        assertThat(facts).containsEntry("species", "scalar").containsEntry("distance", "27.0");
        assertThat(facts.get("reason")).contains("asked for");
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256})
    void shouldTakeTheWidthAskedForWhereTheProcessorHasIt(int bits) throws Exception {
        Map<String, String> facts =
                probe(VECTOR_API[0], VECTOR_API[1], "-XX:MaxVectorSize=16", width(bits));

        assertThat(facts).containsEntry("species", "128 bits (4 floats)");
        assertThat(facts.get("reason"))
                .startsWith(
                        bits == 128
                                ? "asked for by -Dai.bytesandbrains.simd=128"
                                : "the widest vector that the processor prefers, it has no 256");
    }

    @Test
    void shouldNameAValueThatMeansNothing() throws Exception {
        assertThat(probe(VECTOR_API[0], VECTOR_API[1], "-D" + Kernels.PROPERTY + "=fast"))
                .hasEntrySatisfying("reason", r -> assertThat(r).contains("simd=fast ignored"));
    }

    private static String width(int bits) {
        return "-D" + Kernels.PROPERTY + "=" + bits;
    }

    @Test
    void shouldComeToRestWhenWarmedUp() throws Exception {
        Map<String, String> facts = probe(VECTOR_API);

        assertThat(facts).as(facts.get("reason")).containsEntry("warm", "true");
    }

    /// Nodes with different processors have to come to the same codebook.
    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64})
    void shouldTrainTheSameCodebookOnEveryVectorWidth(int vectorBytes) throws Exception {
        String width = "-XX:MaxVectorSize=" + vectorBytes;

        assertThat(probe(VECTOR_API[0], VECTOR_API[1], width).get("codebook"))
                .isEqualTo(probe().get("codebook"));
    }

    /// What another JVM with these flags says of itself, see [KernelProbe].
    private static Map<String, String> probe(String... flags)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.add("-XX:+UseSerialGC");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(KernelProbe.class.getName());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(text).isZero();
            return text.lines()
                    .map(line -> line.split("=", 2))
                    .filter(fact -> fact.length == 2)
                    .collect(Collectors.toMap(fact -> fact[0], fact -> fact[1]));
        }
    }
}
