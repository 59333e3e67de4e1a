package ai.bytesandbrains.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.gossippq.GossipPq;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.gossippq.VectorSource;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// Many small networks in all kinds of trouble: in the end all nodes of each have one and the same
/// final codebook, and two final ones of one epoch are a rare exception on the way there.
///
/// `-Dagreement.runs=5000 -Dagreement.first=1` runs others, and more of them.
class CodebookAgreementTest {
    private static final int USUAL_RUNS = 80;
    private static final int RUNS = Integer.getInteger("agreement.runs", USUAL_RUNS);
    private static final int FIRST = Integer.getInteger("agreement.first", 1);
    private static final int TROUBLE_ROUNDS = 60;
    private static final int MOST_ROUNDS = 900;
    private static final int DIMENSIONS = 6;
    private static final long PERIOD_NS = 10_000_000_000L;

    @Test
    void shouldAlwaysComeToOneFinalCodebook() {
        List<String> apart = new ArrayList<>();
        List<String> twice = new ArrayList<>();
        int longest = 0;
        int cut = 0;
        for (int seed = FIRST; seed < FIRST + RUNS; seed++) {
            Trial trial = new Trial(seed);
            int rounds = trial.run();
            longest = Math.max(longest, rounds);
            cut += rounds == 0 ? 1 : 0;
            if (rounds < 0) {
                apart.add(trial.toString());
            }
            if (trial.twoFinal) {
                twice.add(trial.toString());
            }
        }
        String all =
                "%d runs, longest %d rounds, cut %d, apart %d, two final %d"
                        .formatted(RUNS, longest, cut, apart.size(), twice.size());
        if (RUNS > USUAL_RUNS) {
            System.out.println(all);
        }

        assertThat(cut).as("networks that fell apart: %s", all).isLessThanOrEqualTo(RUNS / 20);
        assertThat(apart).as("networks that did not come to one codebook").isEmpty();
        assertThat(twice).as(all).hasSizeLessThanOrEqualTo(RUNS / 40);
    }

    /// A network in some trouble: nodes that come one after the other, that are silent for a while,
    /// that start empty again, messages that are lost or late.
    private static final class Trial {
        private final SplittableRandom random;
        private final int seed;
        private final int nodes;
        private final double loss;
        private final double silent;
        private final int startRounds;
        private final double restart;
        private final int split;
        private final GossipPqConfig config;
        private final Set<Integer> paused = new HashSet<>();
        private boolean twoFinal;
        private String end = "";

        Trial(int seed) {
            this.seed = seed;
            random = new SplittableRandom(seed);
            loss = random.nextInt(4) == 0 ? 0 : random.nextDouble(.4);
            silent = random.nextInt(3) == 0 ? 0 : random.nextDouble(.4);
            startRounds = random.nextBoolean() ? 0 : random.nextInt(40);
            // Fewer may lose sight of each other for good.
            nodes = (startRounds == 0 ? 2 : 5) + random.nextInt(16);
            restart = random.nextInt(3) > 0 ? 0 : random.nextDouble(.03);
            split = random.nextInt(5) > 0 ? 0 : random.nextInt(TROUBLE_ROUNDS);
            int subspaces = 1 << random.nextInt(2);
            config =
                    GossipPqConfig.of(Metric.L2, DIMENSIONS, subspaces, 4)
                            .withSample(96, Math.max(8, 96 / nodes * (1 + random.nextInt(2))))
                            .withRate(
                                    1 + random.nextInt(subspaces),
                                    PERIOD_NS,
                                    random.nextLong(PERIOD_NS / 100, 4 * PERIOD_NS))
                            .withRounds(4 + random.nextInt(16), 4 + random.nextInt(16))
                            .withBudgets(1L << 40, 1 + random.nextInt(30));
        }

        /// How many rounds it took, -1 if it took too many, 0 if that is because nodes lost each
        /// other.
        int run() {
            Faults faults =
                    Faults.NONE
                            .withMessages(
                                    loss, .05, .1, random.nextLong(PERIOD_NS / 100, 3 * PERIOD_NS))
                            .withRefusals(loss / 2)
                            .withClockOffset(PERIOD_NS);
            CodebookScenario scenario =
                    new CodebookScenario(config, nodes, 0, faults, 0, 0, 0, split, seed);
            try (CodebookSimulation run = new CodebookSimulation(scenario, rows())) {
                int[] starts = new int[nodes];
                for (int node = 0; node < nodes; node++) {
                    starts[node] = startRounds == 0 ? 0 : random.nextInt(startRounds);
                    if (starts[node] > 0) {
                        run.simulation().pause(node);
                    }
                }
                for (int round = 1; round <= MOST_ROUNDS; round++) {
                    trouble(run, starts, round);
                    run.runRound();
                    twoFinal |= split == 0 && twoFinal(run);
                    if (round > TROUBLE_ROUNDS && run.isIdentical(0, nodes, true)) {
                        return round;
                    }
                }
                return isConnected(run) ? -1 : 0;
            }
        }

        private void trouble(CodebookSimulation run, int[] starts, int round) {
            paused.forEach(run.simulation()::resume);
            paused.clear();
            for (int node = 0; node < nodes; node++) {
                if (starts[node] == round) {
                    run.simulation().resume(node);
                } else if (starts[node] < round && round < TROUBLE_ROUNDS) {
                    if (random.nextDouble() < silent) {
                        run.simulation().pause(node);
                        paused.add(node);
                    }
                    if (random.nextDouble() < restart) {
                        run.restart(node);
                    }
                }
            }
        }

        private boolean twoFinal(CodebookSimulation run) {
            Set<String> ids = new HashSet<>();
            Set<Integer> epochs = new HashSet<>();
            for (int node = 0; node < nodes; node++) {
                GossipPq pq = run.node(node);
                if (pq.isFrozen()) {
                    ids.add(pq.epoch() + pq.codebook().idHex());
                    epochs.add(pq.epoch());
                }
            }
            return ids.size() > epochs.size();
        }

        /// A node that has lost sight of all others is not the codebook's trouble.
        private boolean isConnected(CodebookSimulation run) {
            boolean connected = true;
            for (int node = 0; node < nodes; node++) {
                connected &= run.viewLength(node) > 0;
            }
            describe(run);
            return connected;
        }

        private void describe(CodebookSimulation run) {
            StringBuilder text = new StringBuilder();
            for (int node = 0; node < nodes; node++) {
                GossipPq pq = run.node(node);
                text.append(run.viewLength(node))
                        .append(':')
                        .append(pq.epoch())
                        .append(pq.isFrozen() ? 'F' : 'c')
                        .append(pq.codebook() == null ? "-" : pq.codebook().idHex().substring(0, 3))
                        .append(' ');
            }
            end = text.toString();
        }

        private VectorSource[] rows() {
            VectorSource[] rows = new VectorSource[nodes];
            for (int node = 0; node < nodes; node++) {
                rows[node] = new Rows(5 + random.nextInt(40), 1000L * seed + node);
            }
            return rows;
        }

        @Override
        public String toString() {
            return "seed=%d nodes=%d loss=%.2f silent=%.2f starts=%d restart=%.3f split=%d %s"
                    .formatted(seed, nodes, loss, silent, startRounds, restart, split, end);
        }
    }

    private record Rows(int rows, long seed) implements VectorSource {
        @Override
        public boolean copy(int row, MemorySegment into) {
            SplittableRandom random = new SplittableRandom(seed * 1_000_003 + row);
            for (int d = 0; d < DIMENSIONS; d++) {
                into.setAtIndex(ValueLayout.JAVA_FLOAT, d, (float) random.nextGaussian());
            }
            return true;
        }
    }
}
