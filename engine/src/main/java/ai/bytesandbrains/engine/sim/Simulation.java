package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Nodes in virtual time: nothing happens but what nodes wanted and what one seed decides, so a run
/// can be repeated bit for bit, and [#digest] tells whether it was.
///
/// ```
///   var simulation = new Simulation(1_000, 0, periodNs, Faults.NONE, seed);
///   var channel = simulation.channel(carrier);       // the outbox of the protocol
///   channel.bind(protocol);                          // by node number
///   int node = simulation.addNode();                 // then start its protocol
///   channel.touch(node);                             // and say so
///   simulation.run(100 * periodNs);
/// ```
///
/// All nodes share one [PeerTable], in which a node's slot is its number. Single-threaded. Steady
/// state allocates nothing on the heap; queue and messages are off-heap.
public final class Simulation implements AutoCloseable {

    static final long PRIME = 0x100000001b3L;
    static final int TIMER = 0;
    static final int MESSAGE = 1;
    static final int FAILURE = 2;

    /// Clocks of this kind may read anything; negative is what is easily got wrong.
    private static final long START_NS = -1_000_000_000_000_000L;

    private static final int CHANNEL_SHIFT = 8;
    private static final long GENERATION = 1L << 32;
    private static final int ALIVE = 1;
    private static final int PAUSED = 2;
    private static final int NOBODY = -1;

    private final Chance chance;
    private final Identities identities;
    private final PeerTable table;
    private final EventQueue queue;
    private final List<Channel<?>> channels = new ArrayList<>();
    private final int maxNodes;
    private final long seed;
    private final byte[] states;
    private final byte[] sides;
    private Faults faults;
    private int nodes;
    private int alive;
    private int current = NOBODY;
    private long nowNs = START_NS;
    private long events;
    private long digest;

    /// Makes a simulation without nodes.
    ///
    /// @param maxNodes the most nodes that there can be, dead ones included
    /// @param strangers how many more peers the table has room for (identities that are made up)
    /// @param periodNs the time in which a node does something once, roughly
    /// @param faults what the network does
    /// @param seed decides everything that is left to chance
    /// @throws IllegalArgumentException if a number is out of range
    public Simulation(int maxNodes, int strangers, long periodNs, Faults faults, long seed) {
        if (maxNodes < 1 || strangers < 0 || periodNs < 1) {
            throw new IllegalArgumentException(
                    "maxNodes=%d strangers=%d periodNs=%d: expected at least 1, 0, 1"
                            .formatted(maxNodes, strangers, periodNs));
        }
        this.faults = Objects.requireNonNull(faults, "faults");
        this.maxNodes = maxNodes;
        this.seed = seed;
        chance = new Chance(seed);
        identities = new Identities(chance.nextLong());
        table = new PeerTable(maxNodes + strangers);
        queue = new EventQueue(START_NS, periodNs, maxNodes);
        states = new byte[maxNodes];
        sides = new byte[maxNodes];
        // All who will ever live, before any stranger: so a node's number is its slot.
        PeerDescriptor descriptor = new PeerDescriptor();
        for (int node = 0; node < maxNodes; node++) {
            identities.describe(node, descriptor);
            if (table.acquire(descriptor) != handleOf(node)) {
                throw new IllegalStateException(
                        "node=" + node + ": not the next slot of the table");
            }
        }
    }

    /// Adds a way for the messages of one protocol.
    ///
    /// @param <M> the protocol's message interface
    /// @param carrier carries them
    /// @return the channel; the simulation closes it
    public <M> Channel<M> channel(Carrier<M> carrier) {
        Channel<M> channel = new Channel<>(this, channels.size(), carrier, maxNodes);
        channels.add(channel);
        return channel;
    }

    /// Brings one more node to life. Its protocols are for the caller to start.
    ///
    /// @return its number, counted from 0
    /// @throws IllegalStateException if there are as many as there can be
    public int addNode() {
        if (nodes == maxNodes) {
            throw new IllegalStateException("nodes=" + nodes + ": no room for one more");
        }
        states[nodes] = ALIVE;
        alive++;
        return nodes++;
    }

    /// {@return the peers, all nodes among them; the simulation holds one reference to each}
    public PeerTable table() {
        return table;
    }

    /// {@return how many nodes there are, dead ones included}
    public int nodes() {
        return nodes;
    }

    /// {@return how many nodes live, paused ones included}
    public int alive() {
        return alive;
    }

    /// {@return a node's handle}
    ///
    /// @param node its number
    public long handleOf(int node) {
        return GENERATION | node;
    }

    /// {@return a peer's number, or -1 if it is not a node}
    ///
    /// @param peer any handle of the table
    public int nodeOf(long peer) {
        int slot = PeerTable.slotOf(peer);
        return slot >= 0 && slot < nodes ? slot : NOBODY;
    }

    /// Fills in who a node is and where.
    ///
    /// @param node any number, of a node that exists or not
    /// @param into what to fill
    public void describe(int node, PeerDescriptor into) {
        identities.describe(node, into);
    }

    /// {@return the number that a descriptor is of, if all of it is right, or -1}
    ///
    /// @param peer anything
    public int numberOf(PeerDescriptor peer) {
        long hint = peer.handle();
        // What this table has filled in is right, and there is nothing to compare.
        return hint != PeerTable.NULL_PEER && nodeOf(hint) >= 0 && handleOf(nodeOf(hint)) == hint
                ? nodeOf(hint)
                : identities.numberOf(peer);
    }

    /// {@return whether a node lives, paused or not}
    ///
    /// @param node its number
    public boolean isAlive(int node) {
        return (states[node] & ALIVE) != 0;
    }

    /// {@return whether a node lives and is not paused}
    ///
    /// @param node its number
    public boolean isRunning(int node) {
        return states[node] == ALIVE;
    }

    /// Ends a node's life; what is on its way to it is lost. Its protocols are for the caller to
    /// stop.
    ///
    /// @param node its number
    public void kill(int node) {
        if (isAlive(node)) {
            states[node] = 0;
            alive--;
        }
    }

    /// Lets a dead node live again, with its old identity.
    ///
    /// @param node its number
    public void revive(int node) {
        if (!isAlive(node)) {
            states[node] = ALIVE;
            alive++;
        }
    }

    /// Stops a node's clockwork: it does nothing, and what arrives is lost.
    ///
    /// @param node its number
    public void pause(int node) {
        if (isAlive(node)) {
            states[node] |= PAUSED;
        }
    }

    /// Lets a paused node go on.
    ///
    /// @param node its number
    public void resume(int node) {
        if (isAlive(node) && !isRunning(node)) {
            states[node] = ALIVE;
            touch(node);
        }
    }

    /// Moves a node to a side of a partition: messages reach nodes of the same side only. All are
    /// on side 0 at first.
    ///
    /// @param node its number
    /// @param side 0 to 127
    public void move(int node, int side) {
        sides[node] = (byte) side;
    }

    /// Says to all channels that something was done to a node from outside.
    ///
    /// @param node its number
    public void touch(int node) {
        for (int i = 0; i < channels.size(); i++) {
            channels.get(i).touch(node);
        }
    }

    /// Has a node do something of its own accord, in the course of which it may send.
    ///
    /// @param node its number
    /// @param action what it does
    public void act(int node, Runnable action) {
        int before = current;
        current = node;
        action.run();
        current = before;
        touch(node);
    }

    /// Changes what the network does from now on.
    ///
    /// @param faults what it does
    public void setFaults(Faults faults) {
        this.faults = Objects.requireNonNull(faults, "faults");
    }

    /// Lets time pass.
    ///
    /// @param durationNs how much
    public void run(long durationNs) {
        long end = nowNs + durationNs;
        while (queue.next(end)) {
            nowNs = queue.timeNs();
            events++;
            happen(queue.node(), queue.kind(), queue.payload());
        }
        nowNs = end;
    }

    /// {@return the time, of no node's clock}
    public long nowNs() {
        return nowNs;
    }

    /// {@return what a node's clock reads}
    ///
    /// @param node its number
    public long localTimeNs(int node) {
        long most = faults.clockOffsetNs();
        return most == 0 ? nowNs : nowNs + Chance.hash(seed, node) % (most + 1);
    }

    /// {@return the source of chance; whoever draws from it changes what follows}
    public Chance chance() {
        return chance;
    }

    /// {@return a number that two runs share only if the same messages reached the same nodes at
    /// the same times}
    public long digest() {
        return digest;
    }

    /// {@return how many events there were}
    public long events() {
        return events;
    }

    /// {@return bytes of the peer table, of the queue, of messages on their way and of what is kept
    /// for each node; not those of the protocols}
    public long memoryBytes() {
        long bytes = table.memoryBytes() + queue.bytes() + 2L * maxNodes;
        for (Channel<?> channel : channels) {
            bytes += channel.memoryBytes();
        }
        return bytes;
    }

    /// Frees the memory; closing twice is allowed. Protocols must have been closed before.
    @Override
    public void close() {
        channels.forEach(Channel::close);
        queue.close();
        table.close();
    }

    int current() {
        return current;
    }

    Faults faults() {
        return faults;
    }

    boolean reaches(int from, int to) {
        return sides[from] == sides[to];
    }

    /// When a message that is sent now arrives.
    long arrival() {
        long latency =
                faults.minLatencyNs()
                        + chance.nextLong(faults.maxLatencyNs() - faults.minLatencyNs());
        if (chance.happens(faults.reorder())) {
            latency += chance.nextLong(faults.reorderNs());
        }
        return nowNs + latency;
    }

    void schedule(long timeNs, int node, int channel, int kind, int payload) {
        queue.add(timeNs, node, channel << CHANNEL_SHIFT | kind, payload);
    }

    void mix(long hash) {
        digest = (Long.rotateLeft(digest, 17) ^ nowNs ^ hash) * PRIME;
    }

    private void happen(int node, int kind, int payload) {
        Channel<?> channel = channels.get(kind >>> CHANNEL_SHIFT);
        current = node;
        switch (kind & ((1 << CHANNEL_SHIFT) - 1)) {
            case TIMER -> channel.onTimer(node);
            case MESSAGE -> channel.onMessage(node, payload);
            default -> channel.onFailure(node, payload);
        }
        current = NOBODY;
    }
}
