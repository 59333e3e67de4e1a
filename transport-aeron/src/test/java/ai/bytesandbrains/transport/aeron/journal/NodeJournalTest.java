package ai.bytesandbrains.transport.aeron.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.gossippq.GossipPqLog;
import ai.bytesandbrains.engine.gossippq.ItemLayout;
import ai.bytesandbrains.engine.gossippq.NodeSecrets;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

class NodeJournalTest {
    private static final GossipPqConfig CONFIG = GossipPqConfig.of(Metric.COSINE, 8, 2, 4);

    @TempDir private Path folder;
    private Path path;
    private final SplittableRandom random = new SplittableRandom(5);

    @BeforeEach
    void name() {
        path = folder.resolve("node.journal");
    }

    private NodeJournal open() throws IOException {
        return NodeJournal.open(
                path,
                CONFIG,
                error -> {
                    throw new AssertionError(error);
                });
    }

    private Codebook codebook() {
        MemorySegment centroids = MemorySegment.ofArray(new float[CONFIG.dimensions() << 4]);
        for (int i = 0; i < CONFIG.dimensions() << 4; i++) {
            float x = Float.float16ToFloat(Float.floatToFloat16((float) random.nextGaussian()));
            centroids.setAtIndex(ValueLayout.JAVA_FLOAT, i, x);
        }
        return Codebook.of(Metric.COSINE, 8, 2, 4, 0.25, centroids, 0);
    }

    private MemorySegment items(int count, boolean weighted) {
        byte[] items = new byte[count * ItemLayout.wireBytes(4, weighted)];
        random.nextBytes(items);
        return MemorySegment.ofArray(items);
    }

    /// What a log is told, as text.
    private static final class Told implements GossipPqLog {
        private final List<String> calls = new ArrayList<>();

        @Override
        public void onEpoch(int epoch, long space) {
            calls.add("epoch " + epoch + " of " + space);
        }

        @Override
        public void onItems(
                int epoch, int subspace, int count, boolean weighted, MemorySegment items) {
            byte[] bytes = new byte[count * ItemLayout.wireBytes(4, weighted)];
            MemorySegment.copy(items, ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
            calls.add("items %d %d %s".formatted(epoch, subspace, Arrays.toString(bytes)));
        }

        @Override
        public void onContributed(int epoch) {
            calls.add("contributed " + epoch);
        }

        @Override
        public void onFinal(Codebook codebook, int epoch) {
            calls.add(
                    "final %d %s %s".formatted(epoch, codebook.idHex(), codebook.trainingError()));
        }
    }

    /// Tells both logs the same.
    private void tell(GossipPqLog first, GossipPqLog second, int epochs) {
        for (GossipPqLog log : List.of(first, second)) {
            SplittableRandom own = new SplittableRandom(9);
            for (int epoch = 0; epoch < epochs; epoch++) {
                log.onEpoch(epoch, 1000 + epoch);
                for (int i = 0; i < 4; i++) {
                    boolean weighted = i % 2 == 0;
                    byte[] items = new byte[(1 + i) * ItemLayout.wireBytes(4, weighted)];
                    own.nextBytes(items);
                    log.onItems(epoch, i % 2, 1 + i, weighted, MemorySegment.ofArray(items));
                }
                log.onContributed(epoch);
            }
        }
    }

    @Test
    void shouldTellAgainWhatItWasTold() throws IOException {
        Told expected = new Told();
        Codebook codebook = codebook();
        try (NodeJournal journal = open()) {
            tell(journal, expected, 2);
            journal.onFinal(codebook, 1);
            expected.onFinal(codebook, 1);
        }
        Told told = new Told();
        try (NodeJournal journal = open()) {
            journal.replay(told);
        }

        assertThat(told.calls).isEqualTo(expected.calls);
    }

    @Test
    void shouldKeepIdentityAndSecrets() throws IOException {
        PeerId id;
        NodeSecrets secrets;
        try (NodeJournal journal = open()) {
            id = journal.identity().id();
            secrets = journal.secrets();
        }
        try (NodeJournal journal = open()) {
            assertThat(journal.identity().id()).isEqualTo(id);
            assertThat(journal.secrets()).isEqualTo(secrets);
        }
    }

    @Test
    void shouldMakeTheFileItsOwnersAlone() throws IOException {
        open().close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    /// What a process leaves that was killed: the first calls are told again, and nothing else.
    @Test
    void shouldTellAFirstPartWhereverTheFileIsCut() throws IOException {
        Told expected = new Told();
        Codebook codebook = codebook();
        try (NodeJournal journal = open()) {
            tell(journal, expected, 1);
            journal.onFinal(codebook, 0);
            expected.onFinal(codebook, 0);
        }
        byte[] whole = Files.readAllBytes(path);
        int most = 0;
        for (int length = whole.length % 17; length <= whole.length; length += 17) {
            Files.write(path, Arrays.copyOf(whole, length));
            Told told = new Told();
            try (NodeJournal journal = open()) {
                journal.replay(told);
            }
            assertThat(told.calls)
                    .as("length=%d", length)
                    .isEqualTo(expected.calls.subList(0, told.calls.size()))
                    .hasSizeGreaterThanOrEqualTo(most);
            most = told.calls.size();
        }
        assertThat(most).isEqualTo(expected.calls.size());
    }

    @Test
    void shouldPassOverItemsOfAnotherShape() throws IOException {
        try (NodeJournal journal = open()) {
            journal.onEpoch(0, 1);
            journal.onItems(0, 1, 3, false, items(3, false));
        }
        GossipPqConfig other = GossipPqConfig.of(Metric.COSINE, 8, 1, 4);
        Told told = new Told();
        try (NodeJournal journal = NodeJournal.open(path, other, error -> {})) {
            journal.replay(told);
        }

        assertThat(told.calls).containsExactly("epoch 0 of 1");
    }

    @Test
    void shouldKeepWhatIsOfUseWhenItWritesTheFileAnew() throws IOException {
        Codebook[] codebooks = {codebook(), codebook()};
        PeerId id;
        long before;
        try (NodeJournal journal = open()) {
            id = journal.identity().id();
            for (int epoch = 0; epoch < 2; epoch++) {
                journal.onEpoch(epoch, 10 + epoch);
                for (int i = 0; i < 200; i++) {
                    journal.onItems(epoch, 0, 60, false, items(60, false));
                }
                journal.onContributed(epoch);
                journal.onFinal(codebooks[epoch], epoch);
            }
            journal.onEpoch(2, 12);
            journal.onItems(2, 1, 5, false, items(5, false));
            journal.onContributed(2);
            before = journal.size();
        }
        Compaction.run(path, 1);
        Told told = new Told();
        try (NodeJournal journal = open()) {
            journal.replay(told);

            assertThat(journal.identity().id()).isEqualTo(id);
            assertThat(journal.size()).isLessThan(before / 10);
        }
        assertThat(told.calls).hasSize(5);
        assertThat(told.calls.get(0)).isEqualTo("epoch 1 of 11");
        assertThat(told.calls.get(1)).startsWith("final 1 " + codebooks[1].idHex());
        assertThat(told.calls.get(2)).isEqualTo("epoch 2 of 12");
        assertThat(told.calls.get(3)).startsWith("items 2 1 ");
        assertThat(told.calls.get(4)).isEqualTo("contributed 2");
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("node.journal", "node.journal.lock");
        }
    }

    @Test
    void shouldLeaveTheSampleOutOnceTheCodebookIsFinal() throws IOException {
        Codebook codebook = codebook();
        try (NodeJournal journal = open()) {
            journal.onEpoch(0, 10);
            for (int i = 0; i < 200; i++) {
                journal.onItems(0, 0, 60, false, items(60, false));
            }
            journal.onFinal(codebook, 0);
        }
        Compaction.run(path, 1);
        Told told = new Told();
        try (NodeJournal journal = open()) {
            journal.replay(told);
        }

        assertThat(told.calls).hasSize(2);
        assertThat(told.calls.get(1)).startsWith("final 0 " + codebook.idHex());
    }

    @Test
    void shouldNotWriteAFileAnewThatIsOfUse() throws IOException {
        Told expected = new Told();
        try (NodeJournal journal = open()) {
            tell(journal, expected, 1);
        }
        byte[] before = Files.readAllBytes(path);
        Compaction.run(path, 1);

        assertThat(Files.readAllBytes(path)).isEqualTo(before);
    }

    @Test
    void shouldRefuseARecordThatIsNotWhatItsTypeSays() throws IOException {
        open().close();
        try (RecordFile file = RecordFile.open(path)) {
            file.begin(3);
            file.commit(NodeRecords.SECRETS);
        }

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(this::open)
                .withMessageContaining("3 bytes");
    }
}
