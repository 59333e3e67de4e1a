package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerSampling;
import ai.bytesandbrains.engine.overlay.PeerSelections;
import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.PeerView;
import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/// Nodes that search, in memory and virtual time. Everybody knows everybody; messages wait in a
/// queue until the test delivers them.
final class SearchNetwork implements AutoCloseable {

    static final int DIMENSIONS = 12;
    static final SearchLimits LIMITS = new SearchLimits(4, 32, 24, 2);

    record Letter(int from, int to, SearchMessage message) {}

    /// One node, with everybody else in its view.
    final class Node implements Outbox<SearchMessage>, PeerSampling, AutoCloseable {

        final int number;
        final PeerTable table = new PeerTable(64);
        private final PeerSelections selections = new PeerSelections(1, table);
        final Index index;
        final SearchOperations operations;
        final FederatedSearch search;
        double refuse;
        private final List<Long> neighbours = new ArrayList<>();

        private Node(int number, Index index, SearchLimits limits, FilterResolver filters) {
            this.number = number;
            this.index = index;
            operations = new SearchOperations(Peers.peer(number).id(), index.space(), limits);
            search =
                    new FederatedSearch(
                            Peers.peer(number),
                            operations,
                            index,
                            filters,
                            table,
                            this,
                            null,
                            random,
                            this,
                            vectors);
        }

        void meet(int other) {
            neighbours.add(table.acquire(Peers.descriptor(other)));
        }

        long ask(float[] query, SearchParameters parameters) {
            long op = operations.begin(MemorySegment.ofArray(query), 0, parameters, nowNs);
            if (op != OpTable.NULL_OP) {
                search.start(op, nowNs);
            }
            return op;
        }

        SearchResult take(long op) {
            SearchResult result = operations.result(op);
            operations.finish(op);
            return result;
        }

        /// Peers still in the table after the view has given up its own; ends the node's life.
        int peersHeld() {
            neighbours.forEach(table::release);
            neighbours.clear();
            return table.size();
        }

        @Override
        public boolean send(long toPeer, SearchMessage message) {
            if (random.nextDouble() < refuse) {
                return false;
            }
            letters.add(new Letter(number, (int) table.shortIdOf(toPeer), SearchCopy.of(message)));
            return true;
        }

        @Override
        public PeerView view() {
            return new PeerView() {
                @Override
                public int size() {
                    return neighbours.size();
                }

                @Override
                public long peerAt(int index) {
                    return neighbours.get(index);
                }

                @Override
                public int ageAt(int index) {
                    return 0;
                }
            };
        }

        @Override
        public PeerSelections selections() {
            return selections;
        }

        @Override
        public long selectPeerNow(PeerSelector selector) {
            return neighbours.get(selector.select(view(), random));
        }

        @Override
        public void close() {
            search.stop(nowNs);
            search.close();
            operations.close();
            index.close();
            table.close();
        }
    }

    final Random random;
    private final VectorMessages vectors;
    final Deque<Letter> letters = new ArrayDeque<>();
    final List<Node> nodes = new ArrayList<>();
    long nowNs = -77_000_000_000L;

    /// Nodes 1 to `count`, all of one metric.
    SearchNetwork(int count, Metric metric, long seed) {
        this(count, metric, seed, new VectorMessages(3, 5));
    }

    /// The same with so many vectors to a message.
    SearchNetwork(int count, Metric metric, long seed, VectorMessages vectors) {
        random = new Random(seed);
        this.vectors = vectors;
        for (int number = 1; number <= count; number++) {
            nodes.add(new Node(number, flat(metric, DIMENSIONS), LIMITS, FilterResolver.NONE));
        }
        for (Node node : nodes) {
            for (int other = 1; other <= count; other++) {
                if (other != node.number) {
                    node.meet(other);
                }
            }
        }
    }

    Node node(int number) {
        return nodes.get(number - 1);
    }

    private static Index flat(Metric metric, int dimensions) {
        return new FlatIndex(metric.space(dimensions));
    }

    /// Another index in the place of a node's, with everybody else in its view.
    Node replace(int number, Index index, SearchLimits limits, FilterResolver filters) {
        node(number).close();
        Node fresh = new Node(number, index, limits, filters);
        nodes.set(number - 1, fresh);
        for (Node other : nodes) {
            if (other != fresh) {
                fresh.meet(other.number);
            }
        }
        return fresh;
    }

    /// Fills every index with rows whose ids overlap between nodes.
    void fill(int rows) {
        for (Node node : nodes) {
            for (int id = 0; id < rows; id++) {
                node.index.add(id * 3L + node.number % 3, vector());
            }
        }
    }

    float[] vector() {
        float[] vector = new float[DIMENSIONS];
        for (int i = 0; i < DIMENSIONS; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    /// Delivers what waits, and what that brings about.
    void deliverAll() {
        while (!letters.isEmpty()) {
            deliver(letters.poll());
        }
    }

    int deliver(Letter letter) {
        Node to = node(letter.to());
        return to.search.onMessage(to.table.find(letter.from()), letter.message(), nowNs);
    }

    void pollAll() {
        nodes.forEach(node -> node.search.poll(nowNs));
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
    }
}
