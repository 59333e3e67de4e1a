package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.sim.OverlayGraph.Neighbours;

import java.util.Arrays;

/// Average path, clustering and components of an undirected graph.
///
/// Paths are found from 64 members at once, one bit of a word each: the breadth-first searches
/// share their reading of the graph.
///
/// Source: Then et al., "The More the Merrier: Efficient Multi-Source Graph Traversal", VLDB 2014.
final class GraphDistances {

    private final Neighbours graph;
    private final int members;

    GraphDistances(Neighbours graph) {
        this.graph = graph;
        this.members = graph.members();
    }

    /// The mean length of shortest paths from some members to all that can be reached from them;
    /// NaN if there is none.
    double averagePath(int[] sources) {
        long[] seen = new long[members];
        long[] front = new long[members];
        long[] next = new long[members];
        long paths = 0;
        long length = 0;
        for (int first = 0; first < sources.length; first += Long.SIZE) {
            int last = Math.min(first + Long.SIZE, sources.length);
            Arrays.fill(seen, 0);
            Arrays.fill(front, 0);
            for (int i = first; i < last; i++) {
                seen[sources[i]] |= 1L << (i - first);
                front[sources[i]] |= 1L << (i - first);
            }
            long found = 1;
            for (int distance = 1; found > 0; distance++) {
                spread(front, next);
                found = settle(seen, front, next);
                paths += found;
                length += found * distance;
            }
        }
        return paths == 0 ? Double.NaN : (double) length / paths;
    }

    private void spread(long[] front, long[] next) {
        int[] starts = graph.starts;
        int[] list = graph.list;
        for (int member = 0; member < members; member++) {
            long bits = front[member];
            if (bits != 0) {
                for (int i = starts[member]; i < starts[member + 1]; i++) {
                    next[list[i]] |= bits;
                }
            }
        }
    }

    private long settle(long[] seen, long[] front, long[] next) {
        long found = 0;
        for (int member = 0; member < members; member++) {
            long fresh = next[member] & ~seen[member];
            seen[member] |= fresh;
            front[member] = fresh;
            next[member] = 0;
            found += Long.bitCount(fresh);
        }
        return found;
    }

    /// The mean, over some members with two neighbours or more, of the share of pairs of neighbours
    /// that are neighbours themselves. Watts, Strogatz, Nature 393, 1998.
    double clustering(int[] of) {
        int[] starts = graph.starts;
        int[] list = graph.list;
        int[] mark = new int[members];
        double sum = 0;
        int counted = 0;
        for (int k = 0; k < of.length; k++) {
            int member = of[k];
            int degree = starts[member + 1] - starts[member];
            if (degree < 2) {
                continue;
            }
            for (int i = starts[member]; i < starts[member + 1]; i++) {
                mark[list[i]] = k + 1;
            }
            long linked = 0;
            for (int i = starts[member]; i < starts[member + 1]; i++) {
                int neighbour = list[i];
                for (int j = starts[neighbour]; j < starts[neighbour + 1]; j++) {
                    linked += mark[list[j]] == k + 1 ? 1 : 0;
                }
            }
            sum += (double) linked / ((double) degree * (degree - 1));
            counted++;
        }
        return counted == 0 ? Double.NaN : sum / counted;
    }

    /// The sizes of the connected components, the largest first.
    int[] components() {
        int[] queue = new int[members];
        boolean[] seen = new boolean[members];
        int[] sizes = new int[16];
        int count = 0;
        for (int root = 0; root < members; root++) {
            if (!seen[root]) {
                if (count == sizes.length) {
                    sizes = Arrays.copyOf(sizes, 2 * count);
                }
                sizes[count++] = componentOf(root, queue, seen);
            }
        }
        sizes = Arrays.copyOf(sizes, count);
        Arrays.sort(sizes);
        for (int i = 0; i < count / 2; i++) {
            int other = sizes[i];
            sizes[i] = sizes[count - 1 - i];
            sizes[count - 1 - i] = other;
        }
        return sizes;
    }

    private int componentOf(int root, int[] queue, boolean[] seen) {
        int[] starts = graph.starts;
        int size = 0;
        queue[size++] = root;
        seen[root] = true;
        for (int done = 0; done < size; done++) {
            int member = queue[done];
            for (int i = starts[member]; i < starts[member + 1]; i++) {
                int neighbour = graph.list[i];
                if (!seen[neighbour]) {
                    seen[neighbour] = true;
                    queue[size++] = neighbour;
                }
            }
        }
        return size;
    }
}
