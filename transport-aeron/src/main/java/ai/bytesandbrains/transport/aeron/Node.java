package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.DropCounters;
import ai.bytesandbrains.engine.gossip.DescriptorRejection;
import ai.bytesandbrains.engine.gossip.JoinOperations;
import ai.bytesandbrains.engine.gossip.JoinResult;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.search.SearchOperations;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;
import ai.bytesandbrains.engine.semantic.FindOperations;
import ai.bytesandbrains.engine.semantic.FindParameters;
import ai.bytesandbrains.engine.semantic.FindResult;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NanoClock;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;

/// One node of the network: peer sampling, the semantic overlay and federated search over an index,
/// on one transport.
///
/// A node is an agent. Whoever makes it lets it run: on a thread of its own
/// (`AgentRunner.startOnThread`), together with others, or inside a loop of his own through an
/// `AgentInvoker`. Its duty cycle, [#doWork], belongs to that one thread and allocates nothing in
/// steady state; the methods that say so may be called from any thread.
///
/// ```
///   Node node = new Node(NodeConfig.of("demo"), index, AeronTransport.factory(aeron, errors));
///   AgentRunner runner = new AgentRunner(idle, errors, null, node);
///   AgentRunner.startOnThread(runner);
///   JoinResult joined = node.join(List.of(seed), timeoutNs);
///   SearchResult result = node.search(query, SearchParameters.of(10));
///   runner.close();                                              // closes the node
/// ```
///
/// The index stays the caller's. While the node runs it is the agent's alone, since an index is
/// used by one thread at a time.
public final class Node implements Agent, AutoCloseable {

    private final NanoClock clock;
    private final NodeCore core;
    private final Peer peer;
    private final JoinOperations joins;
    private final SearchOperations operations;
    private final NodeCommands commands;
    private final NodeStatusBoard board = new NodeStatusBoard();
    private volatile boolean closed;

    /// Makes a node that listens already; nothing happens until it runs. Allocates all it needs.
    ///
    /// @param config the parameters
    /// @param index what the node has to search; stays the caller's
    /// @param factory opens the transport, which the node owns
    /// @throws IllegalArgumentException if a query of the index' dimensions does not fit into a
    ///     frame, even as int8, or the transport holds on to more peers than
    ///     [NodeConfig#maxConnections]
    public Node(NodeConfig config, Index index, Transport.Factory factory) {
        this(config, index, factory, System::nanoTime);
    }

    /// As the other constructor, with a clock.
    ///
    /// @param config the parameters
    /// @param index what the node has to search; stays the caller's
    /// @param factory opens the transport, which the node owns
    /// @param clock a monotonic clock in nanoseconds
    public Node(NodeConfig config, Index index, Transport.Factory factory, NanoClock clock) {
        this.clock = clock;
        core = new NodeCore(config, index, factory, clock);
        peer = core.peer;
        joins = core.joins;
        operations = core.operations;
        commands = core.commands;
    }

    /// {@return who the node is and where it listens; others take it as a seed. Any thread}
    public Peer peer() {
        return peer;
    }

    /// Starts from seed peers. Any thread; done by the agent's next duty cycle.
    ///
    /// @param seeds peers that are probably alive; those that the peer table cannot take are
    ///     skipped
    /// @throws NullPointerException if the list or a seed is null; nothing has been done then
    /// @throws IllegalStateException if the node is closed, or so many commands wait that there is
    ///     no room for more
    public void bootstrap(List<Peer> seeds) {
        requireOpen();
        // Before any of them takes a place in the ring, which only a whole command can leave.
        for (Peer seed : seeds) {
            Objects.requireNonNull(seed, "seed");
        }
        for (Peer seed : seeds) {
            if (!commands.bootstrap(seed)) {
                throw tooManyCommands("seed", seed);
            }
        }
    }

    /// Takes a peer into the view, as if gossip had brought it. Any thread; done by the agent's
    /// next duty cycle, before searches that begin later.
    ///
    /// @param other who is probably alive; skipped if the peer table cannot take it
    /// @throws IllegalStateException if the node is closed, or so many commands wait that there is
    ///     no room for more
    public void addPeer(Peer other) {
        Objects.requireNonNull(other, "other");
        requireOpen();
        if (!commands.addPeer(other)) {
            throw tooManyCommands("peer", other);
        }
    }

    private static IllegalStateException tooManyCommands(String name, Peer peer) {
        return new IllegalStateException(
                "%s=%s: too many commands wait; does the node's agent run?".formatted(name, peer));
    }

    /// Begins to join a network. Any thread.
    ///
    /// @param seeds peers that are probably alive
    /// @param timeoutNs how long to wait for one of them to let the node in; it goes on trying
    ///     after that
    /// @return a handle for [#joins], or [OpTable#NULL_OP] if as many joins as possible are on
    ///     their way
    /// @throws IllegalArgumentException if the timeout is out of range
    /// @throws IllegalStateException if the node is closed, or so many commands wait that there is
    ///     no room for more
    public long beginJoin(List<Peer> seeds, long timeoutNs) {
        requireOpen();
        long op = joins.begin(timeoutNs, clock.nanoTime());
        if (op == OpTable.NULL_OP) {
            return op;
        }
        try {
            bootstrap(seeds);
        } catch (IllegalStateException | NullPointerException e) {
            joins.withdraw(op);
            throw e;
        }
        if (!commands.join(op)) {
            joins.withdraw(op);
            return OpTable.NULL_OP;
        }
        // Either the agent finds this command when it closes, or this thread sees that it has.
        VarHandle.fullFence();
        requireOpen();
        return op;
    }

    /// {@return the joins of this node: where their state is read and they are finished. Any
    /// thread}
    public JoinOperations joins() {
        return joins;
    }

    /// Joins a network, and waits until it has, or has failed to. Any thread but the agent's;
    /// allocates.
    ///
    /// @param seeds peers that are probably alive
    /// @param timeoutNs how long to wait for one of them to let the node in
    /// @return how it ended, with the reason if it failed
    /// @throws IllegalArgumentException if the timeout is out of range
    /// @throws IllegalStateException if the node is closed already, too many joins or commands are
    ///     on their way, or nothing has come of this one ten seconds after its time because the
    ///     agent does not run
    public JoinResult join(List<Peer> seeds, long timeoutNs) {
        long op = beginJoin(seeds, timeoutNs);
        if (op == OpTable.NULL_OP) {
            throw new IllegalStateException("too many joins are on their way");
        }
        if (!AgentWait.until(() -> joins.isFinished(op), timeoutNs, clock)) {
            joins.abandon(op);
            throw stalled("join");
        }
        JoinResult result = joins.result(op);
        joins.finish(op);
        NodeEvents.joined(core.roleName(), result);
        return result;
    }

    /// Begins a search. Any thread; allocates nothing.
    ///
    /// @param query holds the query's float32 components; copied
    /// @param offset where, in bytes
    /// @param parameters what is wanted
    /// @return a handle for [#operations], or [OpTable#NULL_OP] if as many searches as allowed are
    ///     on their way
    /// @throws IllegalArgumentException if the query has no place in the space, does not fit into a
    ///     frame in this encoding, or more is wanted than the limits allow
    /// @throws IllegalStateException if the node is closed
    public long beginSearch(MemorySegment query, long offset, SearchParameters parameters) {
        requireOpen();
        core.checkFits(
                parameters.encoding(), operations.dimensions(), parameters.filter().ranges());
        long op = operations.begin(query, offset, parameters, clock.nanoTime());
        if (op != OpTable.NULL_OP && !commands.search(op)) {
            operations.withdraw(op);
            return OpTable.NULL_OP;
        }
        // Either the agent finds this command when it closes, or this thread sees that it has.
        VarHandle.fullFence();
        requireOpen();
        return op;
    }

    /// {@return the searches of this node: where results are read and finished. Any thread}
    public SearchOperations operations() {
        return operations;
    }

    /// Searches, and waits for the result. Any thread but the agent's; allocates.
    ///
    /// @param query as many components as the index has dimensions
    /// @param parameters what is wanted
    /// @return what was found
    /// @throws IllegalArgumentException if the query has no place in the space, does not fit into a
    ///     frame in this encoding, or more is wanted than the limits allow
    /// @throws IllegalStateException if the node is closed, before or meanwhile, too many searches
    ///     are on their way, or nothing has come of this one ten seconds after its deadline because
    ///     the agent does not run
    public SearchResult search(float[] query, SearchParameters parameters) {
        try {
            return searchWhileOpen(query, parameters);
        } catch (IllegalStateException e) {
            // The memory of a search goes with the node; that is the reason to be named.
            requireOpen();
            throw e;
        }
    }

    private SearchResult searchWhileOpen(float[] query, SearchParameters parameters) {
        long op = beginSearch(MemorySegment.ofArray(query), 0, parameters);
        if (op == OpTable.NULL_OP) {
            throw new IllegalStateException("too many searches are on their way");
        }
        if (!AgentWait.until(() -> isEnded(op), parameters.deadlineNs(), clock)) {
            operations.abandon(op);
            throw stalled("search");
        }
        SearchResult result = operations.result(op);
        operations.finish(op);
        NodeEvents.searched(core.roleName(), result);
        return result;
    }

    private boolean isEnded(long op) {
        boolean ended = operations.isFinished(op);
        if (!ended) {
            requireOpen();
        }
        return ended;
    }

    private IllegalStateException stalled(String operation) {
        return new IllegalStateException(
                "node %s has not ended a %s in time: does its agent run?"
                        .formatted(peer, operation));
    }

    /// Begins to look for the peers whose data is nearest to a vector, or farthest from it. Any
    /// thread; allocates nothing.
    ///
    /// @param vector holds as many float32 components as the index has dimensions; copied
    /// @param offset where, in bytes
    /// @param parameters what is wanted
    /// @return a handle for [#finds], or [OpTable#NULL_OP] if as many finds as allowed are on their
    ///     way
    /// @throws IllegalArgumentException if the vector has no place in the space
    /// @throws IllegalStateException if the node is closed, or takes no part in the semantic
    ///     overlay
    public long beginFind(MemorySegment vector, long offset, FindParameters parameters) {
        requireOpen();
        long op = finds().begin(vector, offset, parameters, clock.nanoTime());
        if (op != OpTable.NULL_OP && !commands.find(op)) {
            finds().withdraw(op);
            return OpTable.NULL_OP;
        }
        // Either the agent finds this command when it closes, or this thread sees that it has.
        VarHandle.fullFence();
        requireOpen();
        return op;
    }

    /// {@return the finds of this node: where results are read and finished. Any thread}
    ///
    /// @throws IllegalStateException if the node takes no part in the semantic overlay: it is told
    ///     not to, or its transport cannot carry two profiles in a frame
    public FindOperations finds() {
        if (core.overlay == null) {
            throw new IllegalStateException("node " + peer + " takes no part in the overlay");
        }
        return core.overlay.finds;
    }

    /// Looks for peers, and waits for the result. Any thread but the agent's; allocates.
    ///
    /// @param vector as many components as the index has dimensions
    /// @param parameters what is wanted
    /// @return who was found
    /// @throws IllegalArgumentException if the vector has no place in the space
    /// @throws IllegalStateException if the node is closed, takes no part in the semantic overlay,
    ///     too many finds are on their way, or nothing has come of this one ten seconds after its
    ///     deadline because the agent does not run
    public FindResult find(float[] vector, FindParameters parameters) {
        FindOperations finds = finds();
        long op = beginFind(MemorySegment.ofArray(vector), 0, parameters);
        if (op == OpTable.NULL_OP) {
            throw new IllegalStateException("too many finds are on their way");
        }
        if (!AgentWait.until(() -> finds.isFinished(op), parameters.deadlineNs(), clock)) {
            finds.abandon(op);
            throw stalled("find");
        }
        FindResult result = finds.result(op);
        finds.finish(op);
        return result;
    }

    /// {@return how the node is doing. Any thread; allocates}
    public NodeStatus status() {
        return board.read();
    }

    /// {@return what its transport has moved. Any thread}
    public TransportCounters transportCounters() {
        return core.transport.counters();
    }

    /// {@return what it has dropped. Any thread}
    public DropCounters drops() {
        return core.drops;
    }

    /// {@return how many peers in messages were not taken for this reason, in a network of signed
    /// descriptors. Any thread; may be slightly old}
    ///
    /// @param reason why
    public long rejectedDescriptors(DescriptorRejection reason) {
        return core.gossipLogic.counters().rejected(reason);
    }

    // ---- the agent

    @Override
    public String roleName() {
        return core.roleName();
    }

    @Override
    public int doWork() {
        if (closed) {
            throw new AgentTerminationException("node " + peer + " is closed");
        }
        int work = core.doWork();
        if (work > 0) {
            board.write(core);
        }
        return work;
    }

    /// Ends every search with what it has and every join as closed, closes the transport and frees
    /// all memory.
    @Override
    public void onClose() {
        if (closed) {
            return;
        }
        closed = true;
        core.close();
    }

    /// Closes a node that no agent runner runs (one that does closes it itself).
    @Override
    public void close() {
        onClose();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("node " + peer + " is closed");
        }
    }
}
