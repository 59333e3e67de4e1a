package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerRouter;
import ai.bytesandbrains.engine.overlay.PeerSampling;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Protocol;
import ai.bytesandbrains.engine.space.Vectors;

import java.util.random.RandomGenerator;

/// Federated search, both sides of it.
///
/// As asker: chooses peers, by what they have if a [PeerRouter] knows that, sends each the query,
/// searches its own index with the very same encoded query, merges what comes, and ends when
/// everybody has answered or the deadline is over. A query that the transport does not take yet is
/// tried again at each poll.
///
/// As answerer: searches its index within the call that brings the query. That is right for stores
/// which are searched in well under a millisecond.
///
/// The best hits may be looked at twice: their vectors are fetched from the peers that have them,
/// and measured here. Distances that were measured by codes are no others than under the same
/// codebook, so such hits always are, unless the caller says otherwise.
///
/// Hits of different peers are different things even under the same id. Single-threaded; steady
/// state allocates nothing.
public final class FederatedSearch implements Protocol<SearchMessage>, AutoCloseable {

    /// The number of this protocol in frames.
    public static final int PROTOCOL_ID = 2;

    /// How many vectors of moderate length go into a message of an in-memory transport.
    private static final VectorMessages VECTORS = new VectorMessages(8, 32);

    private final SearchCounters counters = new SearchCounters();
    private final LocalSearch local;
    private final VectorPage page;
    private final SecondLook look;
    private final Answers answers;
    private final Asker asker;
    private final Answerer answerer;

    /// Makes the protocol of one node.
    ///
    /// @param self who asks, so that peers can answer
    /// @param operations the searches of the node; stays the caller's
    /// @param index what the node itself has; stays the caller's, searched on the agent's thread
    /// @param table the peers; stays the caller's
    /// @param sampling where peers to ask come from
    /// @param random the source of chance, request ids included
    /// @param outbox the way out
    /// @throws IllegalArgumentException if index and operations have different dimensions, or the
    ///     vectors of the index are not floats
    public FederatedSearch(
            Peer self,
            SearchOperations operations,
            Index index,
            PeerTable table,
            PeerSampling sampling,
            RandomGenerator random,
            Outbox<SearchMessage> outbox) {
        this(
                self,
                operations,
                index,
                FilterResolver.NONE,
                table,
                sampling,
                null,
                random,
                outbox,
                VECTORS);
    }

    /// Makes the protocol of one node that knows what its peers have.
    ///
    /// @param self who asks, so that peers can answer
    /// @param operations the searches of the node; stays the caller's
    /// @param index what the node itself has; stays the caller's, searched on the agent's thread
    /// @param filters what the tags of filters stand for
    /// @param table the peers; stays the caller's
    /// @param sampling where peers to ask come from if nothing is known of them
    /// @param router chooses peers by what they have; null for none
    /// @param random the source of chance, request ids included
    /// @param outbox the way out
    /// @param vectors how many vectors fit into a message
    /// @throws IllegalArgumentException if index and operations have different dimensions, or the
    ///     vectors of the index are not floats
    public FederatedSearch(
            Peer self,
            SearchOperations operations,
            Index index,
            FilterResolver filters,
            PeerTable table,
            PeerSampling sampling,
            PeerRouter router,
            RandomGenerator random,
            Outbox<SearchMessage> outbox,
            VectorMessages vectors) {
        int dimensions = index.space().dimensions();
        if (operations.dimensions != dimensions) {
            throw new IllegalArgumentException(
                    "operations.dimensions=%d index.dimensions=%d: expected the same"
                            .formatted(operations.dimensions, dimensions));
        }
        Vectors.checkFloats(index.space());
        PeerDescriptor here = new PeerDescriptor().set(self);
        SearchLimits limits = operations.limits;
        local = new LocalSearch(index, limits, filters);
        page = new VectorPage(local, vectors);
        answers = new Answers(limits, table, outbox, counters, page);
        var chooser = new PeerChooser(operations, table, sampling, router, random);
        look = new SecondLook(here, operations, local, vectors, outbox, counters);
        asker = new Asker(here, operations, local, chooser, look, random, outbox, counters);
        answerer = new Answerer(here, local, limits, table, counters, answers, page);
    }

    /// {@return what was done so far}
    public SearchCounters counters() {
        return counters;
    }

    @Override
    public int protocolId() {
        return PROTOCOL_ID;
    }

    /// Starts a search that a caller has begun; one that has been abandoned since ends at once.
    ///
    /// @param op from [SearchOperations#begin], not started yet
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @throws IllegalStateException if the handle is stale or none
    public void start(long op, long nowNs) {
        asker.start(op, nowNs);
    }

    @Override
    public int poll(long nowNs) {
        return answers.poll(nowNs) + asker.poll(nowNs);
    }

    @Override
    public long nextDeadlineNs(long nowNs) {
        long wait = answers.isEmpty() ? asker.waitNs(nowNs) : 0;
        return nowNs + Math.max(wait, 0);
    }

    @Override
    public int onMessage(long fromPeer, SearchMessage message, long nowNs) {
        return switch (message.kind()) {
            case REQUEST -> answerer.onRequest(fromPeer, (SearchRequest) message, nowNs);
            case RESPONSE -> asker.onResponse(fromPeer, (SearchResponse) message, nowNs);
            case FETCH -> answerer.onFetch(fromPeer, (VectorRequest) message, nowNs);
            case VECTORS -> asker.onVectors(fromPeer, (VectorResponse) message, nowNs);
        };
    }

    @Override
    public void onConnectionFailed(long peer, long nowNs) {
        answers.dropFor(peer);
        asker.onConnectionFailed(peer, nowNs);
    }

    /// Ends every search with what it has and gives back every reference that searches hold.
    ///
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    public void stop(long nowNs) {
        asker.stop(nowNs);
    }

    /// Drops the answers that still wait, and frees the memory. Searches must have been stopped.
    /// Closing twice is allowed.
    @Override
    public void close() {
        answers.close();
        page.close();
        look.close();
        local.close();
    }
}
