package ai.bytesandbrains.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

class PartitionsTest {
    private static final int ROWS = 1_000;
    private static final int TOPICS = 20;

    private final int[] topicOf = new SplittableRandom(7).ints(ROWS, 0, TOPICS).toArray();

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NICHE")
    void shouldGiveEveryNodeAtLeastOneRow(final Partition partition) {
        for (final int nodes : new int[] {1, 2, 3, 16, 64, 999, 1_000}) {
            final int[] nodeOf = Partitions.compute(partition, nodes, topicOf, 1);

            assertThat(nodeOf).hasSize(ROWS);
            assertThat(Partitions.sizes(nodeOf, nodes)).doesNotContain(0);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NICHE")
    void shouldDependOnTheSeedAlone(final Partition partition) {
        final int[] nodeOf = Partitions.compute(partition, 10, topicOf, 1);

        assertThat(Partitions.compute(partition, 10, topicOf, 1)).isEqualTo(nodeOf);
        assertThat(Partitions.compute(partition, 10, topicOf, 2)).isNotEqualTo(nodeOf);
    }

    @Test
    void shouldMakeEqualSizesForIid() {
        final int[] sizes = Partitions.sizes(compute(Partition.IID, 10), 10);

        assertThat(sizes).containsOnly(100);
    }

    @Test
    void shouldGiveFewTopicsToANodeForByTopic() {
        final int[] nodeOf = compute(Partition.BYTOPIC, 10);

        assertThat(Partitions.sizes(nodeOf, 10)).containsOnly(100);
        for (int node = 0; node < 10; node++) {
            final Set<Integer> topics = new HashSet<>();
            for (int row = 0; row < ROWS; row++) {
                if (nodeOf[row] == node) {
                    topics.add(topicOf[row]);
                }
            }
            // Two shards of about one topic each, cut anywhere.
            assertThat(topics).hasSizeLessThanOrEqualTo(6);
        }
    }

    @Test
    void shouldSkewTopicsForDirichlet() {
        final int[] nodeOf = compute(Partition.DIRICHLET, 10);

        int inLargestShares = 0;
        for (int topic = 0; topic < TOPICS; topic++) {
            final int[] counts = new int[10];
            for (int row = 0; row < ROWS; row++) {
                if (topicOf[row] == topic) {
                    counts[nodeOf[row]]++;
                }
            }
            int largest = 0;
            for (final int count : counts) {
                largest = Math.max(largest, count);
            }
            inLargestShares += largest;
        }
        // Alpha 0.1 over 10 nodes puts well over half of a topic on one node; iid puts a tenth.
        assertThat(inLargestShares).isGreaterThan(ROWS / 2);
    }

    @Test
    void shouldHalveTheSizeAtRankTwoForPowerLaw() {
        final int[] sizes = Partitions.sizes(compute(Partition.POWERLAW, 10), 10);

        assertThat(sizes[0]).isBetween(339, 343);
        assertThat(sizes[1]).isBetween(169, 172);
        assertThat(sizes[9]).isBetween(33, 35);
    }

    @Test
    void shouldRefuseWhatCannotBeComputed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> compute(Partition.NICHE, 10))
                .withMessageContaining("niche");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> compute(Partition.IID, 1_001))
                .withMessageContaining("nodes=1001");
        assertThatIllegalArgumentException().isThrownBy(() -> compute(Partition.IID, 0));
    }

    private int[] compute(final Partition partition, final int nodes) {
        return Partitions.compute(partition, nodes, topicOf, 42);
    }
}
