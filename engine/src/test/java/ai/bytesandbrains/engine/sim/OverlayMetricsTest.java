package ai.bytesandbrains.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/// Against graphs whose figures can be worked out by hand.
class OverlayMetricsTest {

    private static OverlayMetrics measure(int[][] views) {
        OverlayGraph graph = new OverlayGraph();
        for (int[] view : views) {
            graph.addMember();
            for (int target : view) {
                graph.addLink(target);
            }
        }
        return OverlayMetrics.of(graph, new Chance(1));
    }

    @Test
    void shouldMeasureATriangleWithATail() {
        OverlayMetrics metrics = measure(new int[][] {{1}, {2}, {0, 1}, {0}});

        assertThat(metrics.inDegree().mean()).isEqualTo(1.25);
        assertThat(metrics.inDegree().max()).isEqualTo(2);
        assertThat(metrics.deaf()).isEqualTo(1);
        assertThat(metrics.components()).isEqualTo(1);
        // Node 3 has one neighbour and does not count; node 0 has three, of whom two are linked.
        assertThat(metrics.clustering()).isCloseTo((1 + 1 + 1 / 3.0) / 3, within(1e-12));
        assertThat(metrics.averagePath()).isCloseTo(8 / 6.0, within(1e-12));
    }

    @Test
    void shouldTellComponentsApart() {
        OverlayMetrics metrics = measure(new int[][] {{1}, {}, {3}, {4}, {2}, {}});

        assertThat(metrics.components()).isEqualTo(3);
        assertThat(metrics.largestComponent()).isEqualTo(3);
        assertThat(metrics.averagePath()).isEqualTo(1);
        assertThat(metrics.clustering()).isEqualTo(1);
    }

    @Test
    void shouldMeasureARing() {
        int members = 200;
        int[][] views = new int[members][];
        for (int i = 0; i < members; i++) {
            views[i] = new int[] {(i + 1) % members};
        }
        OverlayMetrics metrics = measure(views);

        assertThat(metrics.inDegree().sd()).isZero();
        assertThat(metrics.clustering()).isZero();
        // 1 to 99 on either side, and 100 once.
        assertThat(metrics.averagePath()).isCloseTo((2 * 4950 + 100) / 199.0, within(1e-9));
    }
}
