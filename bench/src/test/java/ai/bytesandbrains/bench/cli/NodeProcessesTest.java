package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.bench.soak.BbProcess;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.agrona.IoUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// Nodes as processes, asked from another one. `-Dai.bytesandbrains.soak.seconds=300` lets them be
/// killed and stopped for longer.
class NodeProcessesTest {
    private static final int ROW = 7;
    private static final List<String> QUICK_START =
            List.of("-XX:TieredStopAtLevel=1", "-Dai.bytesandbrains.simd=scalar");
    private static final int SECONDS = Integer.getInteger("ai.bytesandbrains.soak.seconds", 3);

    private static final String OLD_KEY = "1".repeat(64);
    private static final String NEW_KEY = "2".repeat(64);

    @TempDir private Path folder;

    /// A command in this process, and what it said.
    private static JsonNode run(final String line) throws IOException {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final int code =
                Bb.execute(
                        Bb.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)),
                        (line + " --json").split(" "));
        assertThat(code).as(out + "\n" + err).isZero();
        return new ObjectMapper().readTree(out.toString());
    }

    private BbProcess start(final String line) throws IOException {
        return BbProcess.start(
                folder.resolve("log"), QUICK_START, Bb.class, List.of(line.split(" ")));
    }

    private Path keyFile(final String name, final String... keys) throws IOException {
        final Path file = Files.write(folder.resolve(name), List.of(keys));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    @Test
    void shouldAnswerWithTheAskedNodeAndThoseItKnowsWhileKeysAreChanged() throws Exception {
        run("synth " + folder + " --rows 100 --train 10 --queries 1 --dimensions 8");
        final String data = " --period-ms 50 --data " + folder.resolve("base.fvecs");
        final String oldFirst = " --key-file " + keyFile("old", OLD_KEY, NEW_KEY);
        final String newFirst = " --key-file " + keyFile("new", NEW_KEY, OLD_KEY);
        try (BbProcess first = start("node --listen 127.0.0.1:0" + data + oldFirst);
                BbProcess second =
                        start(
                                "node --listen 127.0.0.1:0 --seed-peer "
                                        + first.ready().get("peer").asText()
                                        + data
                                        + newFirst)) {
            final JsonNode answer =
                    run(
                            "query --deadline 20000 --k 2 --row %d --vector %s/base.fvecs --node %s%s"
                                    .formatted(
                                            ROW,
                                            folder,
                                            second.ready().get("peer").asText(),
                                            newFirst));

            final List<String> peers = new ArrayList<>();
            answer.get("hits").forEach(hit -> peers.add(hit.get("peer").asText()));
            assertThat(peers)
                    .containsExactlyInAnyOrder(
                            first.ready().get("id").asText(), second.ready().get("id").asText());
            assertThat(answer.get("hits")).allMatch(hit -> hit.get("id").asInt() == ROW);
            assertThat(answer.get("partial").asBoolean()).isFalse();
            assertThat(second.end()).isTrue();
            assertThat(first.end()).isTrue();
            for (final BbProcess ended : List.of(first, second)) {
                assertThat(Path.of(ended.ready().get("aeronDirectory").asText())).doesNotExist();
            }
        }
    }

    /// One is killed, and comes back with its journal: as who it was, with the codebook it had.
    @Test
    @Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldLearnOneCodebookAndHaveItAgainAfterAKill() throws Exception {
        run("synth " + folder + " --rows 100 --train 10 --queries 1 --dimensions 8");
        final String options =
                " --period-ms 50 --codes 2 --code-bits 4 --codes-sample 512 --codes-quota 256"
                        + " --codes-period-ms 50 --codes-rounds 6 --data "
                        + folder.resolve("base.fvecs")
                        + " --journal "
                        + folder.resolve("journal-");
        try (BbProcess first = start("node --listen 127.0.0.1:0" + options + 1)) {
            final String join =
                    "node --listen 127.0.0.1:0 --seed-peer " + first.ready().get("peer").asText();
            final String id;
            final String codebook;
            try (BbProcess second = start(join + options + 2)) {
                codebook = untilEncoded(second, second.next());
                assertThat(untilEncoded(first, first.next())).isEqualTo(codebook);
                id = second.ready().get("id").asText();
                second.kill();
                IoUtil.delete(new File(second.ready().get("aeronDirectory").asText()), true);
            }
            try (BbProcess again = start(join + options + 2)) {
                final JsonNode news = again.next();

                assertThat(again.ready().get("id").asText()).isEqualTo(id);
                assertThat(news.get("codebook").asText()).isEqualTo(codebook);
                assertThat(news.get("epoch").asInt()).isZero();
                // Its sample came from the journal: 100 rows of each in two subspaces.
                assertThat(news.get("itemsTaken").asInt()).isEqualTo(400);
                assertThat(untilEncoded(again, news)).isEqualTo(codebook);
                assertThat(again.end()).isTrue();
            }
            assertThat(first.end()).isTrue();
        }
    }

    /// What a node says last of its codebook: that its index has gone over to it.
    private static String untilEncoded(final BbProcess node, final JsonNode news)
            throws IOException {
        JsonNode last = news;
        while (!last.get("encoded").asBoolean()) {
            last = node.next();
        }
        return last.get("codebook").asText();
    }

    /// As when the process that has started them was killed: nothing may be left behind.
    @Test
    void shouldEndWithTheProcessThatHasStartedThem() throws Exception {
        run("synth " + folder + " --rows 100 --train 10 --queries 1 --dimensions 8");
        try (BbProcess node =
                        start("node --listen 127.0.0.1:0 --data " + folder.resolve("base.fvecs"));
                BbProcess driver = start("driver --ipc-dir " + folder.resolve("driver"))) {
            for (final BbProcess process : List.of(node, driver)) {
                assertThat(process.orphan()).isTrue();
                assertThat(Path.of(process.ready().get("aeronDirectory").asText())).doesNotExist();
            }
        }
    }

    @Test
    void shouldAnswerWhileNodesAreKilledAndStopped() throws Exception {
        final JsonNode report =
                run(
                        "soak --nodes 3 --every-ms 100 --stop-ms 400 --deadline 1000"
                                + " --liveness-ms 3000 --seconds "
                                + SECONDS);

        assertThat(report.get("ok").asBoolean()).as(report.toString()).isTrue();
        assertThat(report.get("kills").asInt() + report.get("stops").asInt()).isPositive();
        assertThat(report.get("complete").asInt()).isPositive();
    }
}
