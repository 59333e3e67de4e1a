package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Neighbour;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;
import ai.bytesandbrains.engine.space.Metric;

import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Nodes with vectors of small whole numbers, so that every distance is exact whatever the order of
/// its sums and however the query travels, driven by hand in the test's thread.
final class Cluster implements AutoCloseable {

    static final String NETWORK = "test";
    static final GossipConfig REAL_TIME =
            GossipConfig.defaults().withTimes(ms(20), ms(1_000), ms(100));

    private final int dimensions;
    private final int rowsPerNode;
    private final SplittableRandom random;
    private final List<Member> members = new ArrayList<>();
    private Runnable beforeStep = () -> {};

    Cluster(int dimensions, int rowsPerNode, long seed) {
        System.out.println("seed=" + seed);
        this.dimensions = dimensions;
        this.rowsPerNode = rowsPerNode;
        random = new SplittableRandom(seed);
    }

    static long ms(long milliseconds) {
        return TimeUnit.MILLISECONDS.toNanos(milliseconds);
    }

    Cluster beforeStep(Runnable task) {
        beforeStep = task;
        return this;
    }

    Member add(GossipConfig gossip, Transport.Factory factory) {
        return add(gossip, factory, System::nanoTime);
    }

    Member add(GossipConfig gossip, Transport.Factory factory, NanoClock clock) {
        return add(NodeConfig.of(NETWORK).withGossip(gossip), factory, clock);
    }

    Member add(NodeConfig config, Transport.Factory factory, NanoClock clock) {
        FlatIndex index = new FlatIndex(Metric.L2.space(dimensions));
        FlatIndex twin = new FlatIndex(Metric.L2.space(dimensions));
        for (int row = 0; row < rowsPerNode; row++) {
            float[] vector = vector(-7, 8);
            long id = members.size() * 1_000_000L + row;
            index.add(id, vector);
            twin.add(id, vector);
        }
        try {
            Member member = new Member(new Node(config, index, factory, clock), index, twin);
            members.add(member);
            return member;
        } catch (RuntimeException e) {
            index.close();
            twin.close();
            throw e;
        }
    }

    /// One component is 127, so that the int8 form of the query is exact, too.
    float[] query() {
        float[] query = vector(-7, 8);
        query[random.nextInt(dimensions)] = 127;
        return query;
    }

    private float[] vector(int from, int bound) {
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = random.nextInt(from, bound);
        }
        return vector;
    }

    int size() {
        return members.size();
    }

    Member member(int index) {
        return members.get(index);
    }

    Node node(int index) {
        return members.get(index).node;
    }

    int step() {
        beforeStep.run();
        int work = 0;
        // Without an iterator, since some tests count what is allocated here.
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            if (member.running) {
                work += member.node.doWork();
            }
        }
        return work;
    }

    void until(String what, BooleanSupplier condition) {
        Await.until(what, condition, this::step);
    }

    /// All know one seed, and step until everybody's view holds everybody else.
    Cluster join() {
        for (Member member : members.subList(1, size())) {
            member.node.bootstrap(List.of(node(0).peer()));
        }
        awaitViews(size() - 1);
        return this;
    }

    void awaitViews(int length) {
        until(
                "every view holds " + length,
                () ->
                        members.stream()
                                .filter(member -> member.running)
                                .allMatch(member -> member.node.status().viewLength() == length));
    }

    SearchResult search(int asked, float[] query, SearchParameters parameters) {
        Node node = node(asked);
        long op = node.beginSearch(MemorySegment.ofArray(query), 0, parameters);
        if (op == OpTable.NULL_OP) {
            throw new IllegalStateException("too many searches");
        }
        until("the search has ended", () -> node.operations().isFinished(op));
        SearchResult result = node.operations().result(op);
        node.operations().finish(op);
        return result;
    }

    /// Searches again and again until every one of `peers` has answered.
    SearchResult searchUntilComplete(
            int asked, float[] query, SearchParameters parameters, int peers) {
        SearchResult result = search(asked, query, parameters);
        for (int i = 0; i < 10_000 && !isComplete(result, peers); i++) {
            result = search(asked, query, parameters);
        }
        return result;
    }

    private static boolean isComplete(SearchResult result, int peers) {
        return result.peersChosen() == peers && !result.isPartial();
    }

    /// What the members that are not closed have together.
    List<SearchResult.Hit> union(float[] query, int k) {
        return union(query, k, members.stream().filter(member -> !member.closed).toList());
    }

    List<SearchResult.Hit> union(float[] query, int k, List<Member> of) {
        List<SearchResult.Hit> all = new ArrayList<>();
        for (Member member : of) {
            PeerId id = member.node.peer().id();
            for (Neighbour found : member.twin.search(query, k)) {
                all.add(new SearchResult.Hit(id, found.id(), found.distance()));
            }
        }
        all.sort(
                Comparator.comparingDouble(SearchResult.Hit::distance)
                        .thenComparingLong(SearchResult.Hit::id));
        return all.subList(0, Math.min(k, all.size()));
    }

    long framesSent() {
        long sent = 0;
        // As in step.
        for (int i = 0; i < members.size(); i++) {
            sent += members.get(i).node.transportCounters().framesSent();
        }
        return sent;
    }

    long framesReceived() {
        return members.stream().mapToLong(m -> m.node.transportCounters().framesReceived()).sum();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(members);
    }

    static final class Member implements AutoCloseable {

        final Node node;
        private final FlatIndex index;
        private final FlatIndex twin;
        private boolean running = true;
        private boolean closed;

        private Member(Node node, FlatIndex index, FlatIndex twin) {
            this.node = node;
            this.index = index;
            this.twin = twin;
        }

        void pause(boolean pause) {
            running = !pause;
        }

        /// Somebody else runs it from now on.
        void handOver() {
            running = false;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                running = false;
                CloseHelper.closeAll(node, index, twin);
            }
        }
    }
}
