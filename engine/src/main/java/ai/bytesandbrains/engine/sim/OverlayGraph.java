package ai.bytesandbrains.engine.sim;

import java.util.Arrays;

/// Who knows whom at one moment: for each member, the members in its view, as one array.
///
/// Members are the nodes that are looked at (those that live and are honest), numbered from 0 by
/// whoever fills the graph in. Arrays are kept from one filling to the next.
public final class OverlayGraph {

    private int[] starts = new int[1];
    private int[] targets = new int[0];
    private int members;
    private int links;
    private long deadLinks;
    private long attackerLinks;

    /// Makes an empty graph.
    public OverlayGraph() {}

    /// Starts again without members.
    public void clear() {
        members = 0;
        links = 0;
        deadLinks = 0;
        attackerLinks = 0;
    }

    /// Adds the next member; links that follow are its own.
    public void addMember() {
        if (members + 1 == starts.length) {
            starts = Arrays.copyOf(starts, 2 * starts.length + 1);
        }
        starts[members++] = links;
        starts[members] = links;
    }

    /// Adds a link of the member added last.
    ///
    /// @param target a member, added or not yet
    public void addLink(int target) {
        if (links == targets.length) {
            targets = Arrays.copyOf(targets, 2 * targets.length + 16);
        }
        targets[links++] = target;
        starts[members] = links;
    }

    /// Counts a link of the member added last to somebody who is dead or does not exist.
    public void addDeadLink() {
        deadLinks++;
    }

    /// Counts a link of the member added last to an attacker.
    public void addAttackerLink() {
        attackerLinks++;
    }

    /// {@return how many members there are}
    public int members() {
        return members;
    }

    /// {@return links between members}
    public int links() {
        return links;
    }

    /// {@return links to the dead}
    public long deadLinks() {
        return deadLinks;
    }

    /// {@return links to attackers}
    public long attackerLinks() {
        return attackerLinks;
    }

    /// Counts how many members know each member.
    ///
    /// @param into where to count, at least as long as there are members
    public void inDegrees(int[] into) {
        Arrays.fill(into, 0, members, 0);
        for (int i = 0; i < links; i++) {
            into[targets[i]]++;
        }
    }

    /// {@return the graph without directions: `a` and `b` are neighbours if one of them knows the
    /// other}
    Neighbours neighbours() {
        int[] ends = new int[members + 1];
        for (int from = 0; from < members; from++) {
            ends[from + 1] += starts[from + 1] - starts[from];
            for (int i = starts[from]; i < starts[from + 1]; i++) {
                ends[targets[i] + 1]++;
            }
        }
        for (int i = 0; i < members; i++) {
            ends[i + 1] += ends[i];
        }
        int[] next = Arrays.copyOf(ends, members);
        int[] both = new int[ends[members]];
        for (int from = 0; from < members; from++) {
            for (int i = starts[from]; i < starts[from + 1]; i++) {
                both[next[from]++] = targets[i];
                both[next[targets[i]]++] = from;
            }
        }
        return Neighbours.of(ends, both, members);
    }

    /// Each member's neighbours: `list[starts[i]]` to `list[starts[i + 1] - 1]`, ascending, each
    /// once.
    static final class Neighbours {

        final int[] starts;
        final int[] list;

        private Neighbours(int[] starts, int[] list) {
            this.starts = starts;
            this.list = list;
        }

        private static Neighbours of(int[] ends, int[] both, int members) {
            int kept = 0;
            int from = 0;
            for (int i = 0; i < members; i++) {
                int to = ends[i + 1];
                Arrays.sort(both, from, to);
                ends[i] = kept;
                int last = -1;
                for (int j = from; j < to; j++) {
                    if (both[j] != last) {
                        last = both[j];
                        both[kept++] = last;
                    }
                }
                from = to;
            }
            ends[members] = kept;
            return new Neighbours(ends, both);
        }

        int members() {
            return starts.length - 1;
        }
    }
}
