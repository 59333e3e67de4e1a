package ai.bytesandbrains.engine.sim;

/// How many different peers some nodes get from their sampling service, one draw after the other.
public final class Draws {

    private final int samplers;
    private final int words;
    private final long[] drawn;
    private long distinct;
    private int draws;

    /// Makes the count.
    ///
    /// @param samplers how many nodes draw
    /// @param peers how many there are to be drawn
    public Draws(int samplers, int peers) {
        this.samplers = samplers;
        words = (peers + Long.SIZE - 1) >>> 6;
        drawn = new long[samplers * words];
    }

    int samplers() {
        return samplers;
    }

    void add(int sampler, int peer) {
        int word = sampler * words + (peer >>> 6);
        long bit = 1L << peer;
        distinct += (drawn[word] & bit) == 0 ? 1 : 0;
        drawn[word] |= bit;
    }

    void endOfRound() {
        draws++;
    }

    /// {@return how many draws each node has made}
    public int draws() {
        return draws;
    }

    /// {@return how many different peers a node got, on average}
    public double distinctMean() {
        return (double) distinct / samplers;
    }

    /// {@return how many different peers a perfect sampler would get on average}
    ///
    /// @param n peers there are
    /// @param draws draws it makes
    public static double ideal(int n, int draws) {
        return n * (1 - Math.pow(1 - 1.0 / n, draws));
    }
}
