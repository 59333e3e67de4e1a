package ai.bytesandbrains.bench.demo;

import java.util.Arrays;

/// How full the views of all peers were at one moment. Gossip goes on exchanging, so a later look
/// may find another picture; whoever compares numbers takes them from one of these.
public final class Views {
    private final int[] lengths;
    private final int full;

    Views(final int[] lengths, final int full) {
        this.lengths = lengths;
        this.full = full;
    }

    /// {@return how many places are taken, of the [#goal] there are}
    public int taken() {
        return Arrays.stream(lengths).sum();
    }

    /// {@return how many places are taken if each view holds as many peers as it can}
    public int goal() {
        return lengths.length * full;
    }

    /// {@return whether each view holds as many peers as it can}
    public boolean areFull() {
        return taken() == goal();
    }

    /// {@return the share of views that hold as many peers as they can, 0 to 1}
    public double shareFull() {
        return Arrays.stream(lengths).filter(length -> length == full).count()
                / (double) lengths.length;
    }
}
