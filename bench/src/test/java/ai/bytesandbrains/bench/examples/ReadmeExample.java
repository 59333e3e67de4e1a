package ai.bytesandbrains.bench.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.transport.aeron.AeronConfig;
import ai.bytesandbrains.transport.aeron.AeronTransport;
import ai.bytesandbrains.transport.aeron.EmbeddedDriver;
import ai.bytesandbrains.transport.aeron.Node;
import ai.bytesandbrains.transport.aeron.NodeConfig;

import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// The code in the README: it stands here word for word, compiles, and runs.
class ReadmeExample {
    private static final PrintStream CONSOLE = System.out;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final ErrorHandler errors = e -> failure.compareAndSet(null, e);
    private final float[] embedding = unit(384);
    private final float[] query = unit(384);

    private void example(final List<Peer> seeds) {
        // README: begin
        try (EmbeddedDriver driver = EmbeddedDriver.launch();
                Index index = new FlatIndex(Metric.COSINE.space(384))) {
            index.add(42, embedding);
            AeronConfig aeron = AeronConfig.udp(driver.aeronDirectory(), "127.0.0.1", 0, 1001);
            Node node =
                    new Node(
                            NodeConfig.of("my-network"),
                            index,
                            AeronTransport.factory(aeron, errors));
            try (AgentRunner runner =
                    new AgentRunner(new BackoffIdleStrategy(), errors, null, node)) {
                AgentRunner.startOnThread(runner);
                node.bootstrap(seeds);
                SearchResult result = node.search(query, SearchParameters.of(10));
                result.hits()
                        .forEach(
                                hit ->
                                        System.out.println(
                                                hit.distance()
                                                        + " "
                                                        + hit.id()
                                                        + " "
                                                        + hit.peer()));
            }
        }
        // README: end
    }

    @Test
    void shouldFindWhatItHasAdded() {
        final ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            example(List.of());
        } finally {
            System.setOut(CONSOLE);
        }

        assertThat(failure.get()).isNull();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .matches("(?s)0\\.0 42 [0-9a-f]{64}\\s+");
    }

    @Test
    void shouldStandInTheReadme() throws IOException {
        final Path here =
                Path.of("src/test/java", getClass().getName().replace('.', '/') + ".java");
        final String source = Files.readString(here);
        final String shown =
                source.substring(
                        source.indexOf("// README: begin\n") + "// README: begin\n".length(),
                        source.indexOf("// README: end"));
        final String readme = Files.readString(Path.of("../README.md"));
        final int begin = readme.indexOf("```java\n") + "```java\n".length();

        assertThat(withoutSpace(readme.substring(begin, readme.indexOf("```", begin))))
                .isEqualTo(withoutSpace(shown));
    }

    private static String withoutSpace(final String code) {
        return code.replaceAll("\\s+", "");
    }

    private static float[] unit(final int dimensions) {
        final float[] vector = new float[dimensions];
        vector[0] = 1;
        return vector;
    }
}
