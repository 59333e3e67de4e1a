package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.overlay.Outbox;

import java.util.Arrays;
import java.util.Objects;

/// The messages of one protocol in a [Simulation], and when which node wants to be polled. It is
/// the outbox of all nodes: the sender is the node that is being polled or is taking a message.
///
/// @param <M> the protocol's message interface
public final class Channel<M> implements Outbox<M>, AutoCloseable {

    private static final long NEVER = Long.MAX_VALUE;

    /// Deadlines farther off than this do not count as ones.
    private static final long FAR_NS = 1L << 58;

    /// A node whose send was refused has something to do at once; its agent would idle in between.
    private static final long IDLE_NS = 1_000_000L;

    private static final int TIMES = 2;
    private static final int DEADLINE = 0;
    private static final int ARMED = 1;

    private final Simulation simulation;
    private final int number;
    private final Carrier<M> carrier;
    private final MessagePool pool;

    /// For each node the time when it wants to be polled next, and the time of the timer event that
    /// counts for it. That may be before the deadline, which moved away since; the event then only
    /// makes way for a later one.
    private final long[] times;

    private NodeProtocol<M> protocol;
    private long messages;
    private long bytes;
    private long delivered;
    private long refused;
    private long lost;
    private long malformed;

    Channel(Simulation simulation, int number, Carrier<M> carrier, int maxNodes) {
        this.simulation = simulation;
        this.number = number;
        this.carrier = carrier;
        pool = new MessagePool(carrier.maxBytes());
        times = new long[TIMES * maxNodes];
        Arrays.fill(times, NEVER);
    }

    /// Says which protocol the messages are for; once, before anything happens.
    ///
    /// @param protocol the protocol of all nodes
    /// @return this
    public Channel<M> bind(NodeProtocol<M> protocol) {
        this.protocol = Objects.requireNonNull(protocol, "protocol");
        return this;
    }

    /// Sends from the node that is at work now.
    ///
    /// @throws IllegalStateException if none is
    @Override
    public boolean send(long toPeer, M message) {
        int from = simulation.current();
        if (from < 0) {
            throw new IllegalStateException("no node is at work: who sends?");
        }
        return sendFrom(from, toPeer, message);
    }

    /// Sends from a node, at work or not.
    ///
    /// @param from the sender's number
    /// @param toPeer the receiver's handle
    /// @param message a view, valid during this call only
    /// @return false if the outbox refuses
    public boolean sendFrom(int from, long toPeer, M message) {
        Faults faults = simulation.faults();
        Chance chance = simulation.chance();
        if (chance.happens(faults.refuse())) {
            refused++;
            return false;
        }
        int to = simulation.nodeOf(toPeer);
        boolean doubled = chance.happens(faults.duplicate());
        boolean first = !chance.happens(faults.loss());
        boolean second = doubled && !chance.happens(faults.loss());
        int slot = pool.take(from);
        int length =
                carrier.write(
                        simulation.handleOf(from),
                        toPeer,
                        message,
                        pool.segmentOf(slot),
                        pool.offsetOf(slot));
        pool.setLength(slot, length);
        messages++;
        bytes += carrier.wireBytes(message, length);
        if (to >= 0 && second) {
            int copy = pool.take(from);
            pool.copy(slot, copy);
            simulation.schedule(simulation.arrival(), to, number, Simulation.MESSAGE, copy);
        }
        if (to >= 0 && first) {
            simulation.schedule(simulation.arrival(), to, number, Simulation.MESSAGE, slot);
        } else {
            lost++;
            pool.free(slot);
        }
        return true;
    }

    /// Must be called after anything was done to a node from outside, for what it wants may have
    /// changed.
    ///
    /// @param node the node
    public void touch(int node) {
        if (simulation.isRunning(node)) {
            settle(node);
        }
    }

    /// Has a node polled at a time to come, whatever it wants before: how a node starts.
    ///
    /// @param node the node
    /// @param timeNs when, on the simulation's clock
    public void wakeAt(int node, long timeNs) {
        times[TIMES * node + DEADLINE] = Math.max(timeNs, simulation.nowNs());
        arm(node);
    }

    /// {@return messages sent so far, lost ones included}
    public long messages() {
        return messages;
    }

    /// {@return bytes that these would take on the wire}
    public long bytes() {
        return bytes;
    }

    /// {@return messages that arrived}
    public long delivered() {
        return delivered;
    }

    /// {@return sends that the outbox refused}
    public long refused() {
        return refused;
    }

    /// {@return messages that the network lost, or whose receiver does not exist}
    public long lost() {
        return lost;
    }

    /// {@return messages that could not be read on arrival}
    public long malformed() {
        return malformed;
    }

    /// Frees the memory; closing twice is allowed. The simulation does it.
    @Override
    public void close() {
        pool.close();
    }

    long memoryBytes() {
        return pool.bytes() + (long) Long.BYTES * times.length;
    }

    void onTimer(int node) {
        long nowNs = simulation.nowNs();
        if (times[TIMES * node + ARMED] != nowNs) {
            return;
        }
        times[TIMES * node + ARMED] = NEVER;
        if (!simulation.isRunning(node)) {
            return;
        }
        if (times[TIMES * node + DEADLINE] > nowNs) {
            arm(node);
        } else {
            protocol.poll(node, simulation.localTimeNs(node));
            settle(node);
        }
    }

    void onMessage(int node, int slot) {
        int from = pool.fromOf(slot);
        if (!simulation.isAlive(node)) {
            if (simulation.faults().reportsFailures()) {
                simulation.schedule(simulation.arrival(), from, number, Simulation.FAILURE, node);
            }
        } else if (simulation.isRunning(node) && simulation.reaches(from, node)) {
            simulation.mix(pool.hash(slot, Simulation.PRIME * node + from));
            deliver(from, node, slot);
        }
        pool.free(slot);
    }

    void onFailure(int node, int peer) {
        if (simulation.isRunning(node)) {
            protocol.onConnectionFailed(
                    node, simulation.handleOf(peer), simulation.localTimeNs(node));
            settle(node);
        }
    }

    private void deliver(int from, int node, int slot) {
        long sender = simulation.handleOf(from);
        M message =
                carrier.read(
                        sender,
                        simulation.handleOf(node),
                        pool.segmentOf(slot),
                        pool.offsetOf(slot),
                        pool.lengthOf(slot));
        if (message == null) {
            malformed++;
            return;
        }
        delivered++;
        protocol.onMessage(node, sender, message, simulation.localTimeNs(node));
        settle(node);
    }

    private void settle(int node) {
        long localNs = simulation.localTimeNs(node);
        long wait = protocol.nextDeadlineNs(node, localNs) - localNs;
        long nowNs = simulation.nowNs();
        times[TIMES * node + DEADLINE] = wait > FAR_NS ? NEVER : nowNs + Math.max(wait, IDLE_NS);
        if (times[TIMES * node + DEADLINE] < times[TIMES * node + ARMED]) {
            arm(node);
        }
    }

    private void arm(int node) {
        long time = times[TIMES * node + DEADLINE];
        if (time != NEVER) {
            times[TIMES * node + ARMED] = time;
            simulation.schedule(time, node, number, Simulation.TIMER, 0);
        }
    }
}
