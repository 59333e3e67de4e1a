package ai.bytesandbrains.engine.sim;

import java.util.Arrays;

/// The in-degrees of some nodes, cycle by cycle, and how long they stay what they are.
///
/// Source: Jelasity et al. 2007, section 4.3.
public final class DegreeHistory {

    private final int nodes;
    private int[] series = new int[1 << 10];
    private int cycles;

    /// Makes an empty history.
    ///
    /// @param nodes how many nodes are followed
    public DegreeHistory(int nodes) {
        this.nodes = nodes;
    }

    /// Notes one cycle.
    ///
    /// @param degrees the in-degrees of nodes 0, 1, 2, and so on
    public void add(int[] degrees) {
        int at = cycles * nodes;
        if (at + nodes > series.length) {
            series = Arrays.copyOf(series, Math.max(2 * series.length, at + nodes));
        }
        System.arraycopy(degrees, 0, series, at, nodes);
        cycles++;
    }

    /// {@return the mean autocorrelation of the nodes' series, around the mean of all of them; NaN
    /// for fewer cycles than twice the lag}
    ///
    /// @param lag in cycles, from 1
    public double autocorrelation(int lag) {
        if (cycles < 2 * lag || cycles == 0) {
            return Double.NaN;
        }
        double mean = Arrays.stream(series, 0, cycles * nodes).average().orElseThrow();
        double variance = 0;
        double covariance = 0;
        for (int cycle = 0; cycle < cycles; cycle++) {
            for (int node = 0; node < nodes; node++) {
                double here = series[cycle * nodes + node] - mean;
                variance += here * here;
                if (cycle + lag < cycles) {
                    covariance += here * (series[(cycle + lag) * nodes + node] - mean);
                }
            }
        }
        return variance == 0 ? Double.NaN : covariance / (cycles - lag) / (variance / cycles);
    }
}
