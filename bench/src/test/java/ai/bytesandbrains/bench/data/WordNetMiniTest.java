package ai.bytesandbrains.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.Arrays;

class WordNetMiniTest {
    private static WordNetMini data;

    @BeforeAll
    static void load() throws IOException {
        data = WordNetMini.load();
    }

    @Test
    void shouldHaveTextsTopicsAndVectorsOfTheSameRows() {
        assertThat(data.base().rows()).isEqualTo(5_000);
        assertThat(data.base().dimensions()).isEqualTo(384);
        assertThat(data.queries().rows()).isEqualTo(200);
        assertThat(data.texts()).hasSize(5_000);
        assertThat(data.queryTexts()).hasSize(200);
        assertThat(data.texts().get(1)).startsWith("Vatican Council: ");
        assertThat(data.topicNames().get(data.topicOf(1))).isEqualTo("noun.group");
    }

    @Test
    void shouldNormaliseEveryRow() {
        for (final Vectors vectors : new Vectors[] {data.base(), data.queries()}) {
            for (int row = 0; row < vectors.rows(); row++) {
                assertThat(vectors.dot(row, vectors, row)).isCloseTo(1, within(1e-5));
            }
        }
    }

    /// The bundled truth is exact on the int8 rows; the float rows may only swap what is as near as
    /// their rounding.
    @Test
    void shouldAgreeWithTheGroundTruth() {
        final int k = 10;
        final double rounding = 1e-6;
        final int[][] truth = data.groundTruth();
        int found = 0;
        for (int query = 0; query < data.queries().rows(); query++) {
            final double[] similarity = new double[data.base().rows()];
            for (int row = 0; row < similarity.length; row++) {
                similarity[row] = data.queries().dot(query, data.base(), row);
            }
            final double[] sorted = similarity.clone();
            Arrays.sort(sorted);
            final double worst = sorted[sorted.length - k];
            for (int i = 0; i < k; i++) {
                if (similarity[truth[query][i]] >= worst - rounding) {
                    found++;
                }
            }
        }
        assertThat(found / (double) (k * truth.length)).isGreaterThanOrEqualTo(0.999);
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeEveryPartitionForSixteenNodes(final Partition partition) {
        final int[] nodeOf = data.nodeOf(partition, 16, 99);

        assertThat(nodeOf).hasSize(5_000).isEqualTo(data.nodeOf(partition));
        assertThat(Partitions.sizes(nodeOf, 16)).doesNotContain(0);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NICHE")
    void shouldComputePartitionsForOtherNumbersOfNodes(final Partition partition) {
        for (final int nodes : new int[] {2, 15, 64}) {
            final int[] sizes = Partitions.sizes(data.nodeOf(partition, nodes, 5), nodes);

            assertThat(sizes).doesNotContain(0);
            assertThat(Arrays.stream(sizes).sum()).isEqualTo(5_000);
        }
    }

    @Test
    void shouldSayForWhichNumberNicheExists() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> data.nodeOf(Partition.NICHE, 8, 1))
                .withMessageContaining("nodes=8")
                .withMessageContaining("16 nodes only");
    }

    @Test
    void shouldHandOutCopiesOfItsArrays() {
        data.groundTruth()[0][0] = -1;
        data.nodeOf(Partition.IID)[0] = -1;

        assertThat(data.groundTruth()[0][0]).isNotNegative();
        assertThat(data.nodeOf(Partition.IID)[0]).isNotNegative();
    }
}
