package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.op.OpTable;

import java.util.concurrent.atomic.AtomicIntegerArray;

/// The joins that callers wait for: a caller of any thread begins one and looks at its state; the
/// node's agent ends it when the node has a view, or cannot get one in time.
///
/// ```
///   long op = joins.begin(timeoutNs, nowNs);      // NULL_OP: too many at once
///   gossip.bootstrap(seeds, nowNs);               // on the agent's thread, as is
///   gossip.startJoin(op, nowNs);
///   if (joins.isFinished(op)) {
///       JoinOutcome outcome = joins.outcome(op);
///       joins.finish(op);
///   }
/// ```
///
/// A join that has failed ends the waiting, not the asking: a node with seed peers goes on asking
/// them, and a later join, or [GossipPeerSampling#joinState], tells when one has let it in.
///
/// Begin, the reading methods and finish allocate nothing; [#result] does.
public final class JoinOperations {

    private static final long MAX_TIME_NS = 1L << 50;
    private static final JoinOutcome[] OUTCOMES = JoinOutcome.values();

    private final OpTable table;
    private final AtomicIntegerArray states;
    private final long[] startNs;
    private final long[] deadlineNs;
    private final long[] endNs;
    private final int[] outcomes;
    private final int[] answers;
    private final int[] refusals;

    // The agent's.
    private final long[] running;
    private int runningCount;
    private long lastNs;

    /// Makes room for joins.
    ///
    /// @param capacity the most at once, from 1
    /// @throws IllegalArgumentException if the capacity is not positive
    public JoinOperations(int capacity) {
        table = new OpTable(capacity);
        states = new AtomicIntegerArray(capacity);
        startNs = new long[capacity];
        deadlineNs = new long[capacity];
        endNs = new long[capacity];
        outcomes = new int[capacity];
        answers = new int[capacity];
        refusals = new int[capacity];
        running = new long[capacity];
    }

    /// Begins a join. It then has to be handed to the agent, as an argument of
    /// [GossipPeerSampling#startJoin].
    ///
    /// @param timeoutNs how long to wait, from 1
    /// @param nowNs the time, from which the timeout counts
    /// @return a handle, or [OpTable#NULL_OP] if as many as possible are on their way
    /// @throws IllegalArgumentException if the timeout is out of range
    public long begin(long timeoutNs, long nowNs) {
        if (timeoutNs < 1 || timeoutNs > MAX_TIME_NS) {
            throw new IllegalArgumentException(
                    "timeoutNs=" + timeoutNs + ": expected 1 to " + MAX_TIME_NS);
        }
        long op = table.claim();
        if (op != OpTable.NULL_OP) {
            int slot = OpTable.slotOf(op);
            startNs[slot] = nowNs;
            deadlineNs[slot] = nowNs + timeoutNs;
            states.set(slot, JoinState.ALONE.code());
            table.submit(op);
        }
        return op;
    }

    /// {@return whether the join has ended}
    ///
    /// @param op a handle that is not finished
    /// @throws IllegalStateException if the handle is stale
    public boolean isFinished(long op) {
        return table.isFinished(op);
    }

    /// {@return how far the node was in finding others when its agent last looked; alone until the
    /// agent has taken the join}
    ///
    /// @param op a handle that is not finished
    /// @throws IllegalStateException if the handle is stale
    public JoinState state(long op) {
        table.isFinished(op);
        return JoinState.ofCode(states.getAcquire(OpTable.slotOf(op)));
    }

    /// {@return how a join has ended}
    ///
    /// @param op a finished join
    /// @throws IllegalStateException if it is not finished, or the handle is stale
    public JoinOutcome outcome(long op) {
        return OUTCOMES[outcomes[finishedSlot(op)]];
    }

    /// {@return everything as a value; allocates}
    ///
    /// @param op a finished join
    /// @throws IllegalStateException if it is not finished, or the handle is stale
    public JoinResult result(long op) {
        int slot = finishedSlot(op);
        // The agent's clock reading may be some microseconds older than the caller's.
        long elapsedNs = Math.max(0, endNs[slot] - startNs[slot]);
        return new JoinResult(outcome(op), answers[slot], refusals[slot], elapsedNs);
    }

    /// Takes back a join that was begun but never handed to the agent.
    ///
    /// @param op its handle, stale from now on
    public void withdraw(long op) {
        table.withdraw(op);
    }

    /// Gives up a join that is on its way: nobody will read its result. The node goes on joining.
    ///
    /// @param op its handle, stale from now on
    public void abandon(long op) {
        table.abandon(op);
    }

    /// Frees a join whose result has been read.
    ///
    /// @param op its handle, stale from now on
    public void finish(long op) {
        table.finish(op);
    }

    // ---- the agent's side

    /// Ends a join that never reached its node, since the node is closed. The agent's thread.
    ///
    /// @param op a begun join that was not started
    public void refuse(long op) {
        int slot = OpTable.slotOf(op);
        answers[slot] = 0;
        refusals[slot] = 0;
        end(op, JoinOutcome.CLOSED, startNs[slot]);
    }

    /// Takes a begun join; `answered` and `refused` are the node's counts so far.
    void start(long op, int answered, int refused) {
        // Throws if the handle is stale, before it could get among those that are looked at.
        table.isAbandoned(op);
        int slot = OpTable.slotOf(op);
        answers[slot] = answered;
        refusals[slot] = refused;
        running[runningCount++] = op;
    }

    boolean isEmpty() {
        return runningCount == 0;
    }

    /// Ends what can be ended, given how the node is doing and its counts so far.
    int update(JoinState state, int answered, int refused, long nowNs) {
        lastNs = nowNs;
        int ended = 0;
        for (int i = runningCount - 1; i >= 0; i--) {
            long op = running[i];
            int slot = OpTable.slotOf(op);
            states.setRelease(slot, state.code());
            JoinOutcome outcome = outcomeOf(slot, state, refused, nowNs);
            if (outcome != null || table.isAbandoned(op)) {
                running[i] = running[--runningCount];
                answers[slot] = answered - answers[slot];
                refusals[slot] = refused - refusals[slot];
                end(op, outcome == null ? JoinOutcome.CLOSED : outcome, nowNs);
                ended++;
            }
        }
        return ended;
    }

    /// Ends all of them: the node closes.
    void close() {
        while (runningCount > 0) {
            long op = running[--runningCount];
            answers[OpTable.slotOf(op)] = 0;
            refusals[OpTable.slotOf(op)] = 0;
            end(op, JoinOutcome.CLOSED, lastNs);
        }
    }

    /// How long until the first of them runs out of time.
    long waitNs(long nowNs) {
        long wait = Long.MAX_VALUE;
        for (int i = 0; i < runningCount; i++) {
            wait = Math.min(wait, deadlineNs[OpTable.slotOf(running[i])] - nowNs);
        }
        return Math.max(wait, 0);
    }

    private JoinOutcome outcomeOf(int slot, JoinState state, int refused, long nowNs) {
        if (state == JoinState.JOINED) {
            return JoinOutcome.JOINED;
        }
        if (state == JoinState.ALONE) {
            return JoinOutcome.NO_SEEDS;
        }
        if (nowNs - deadlineNs[slot] < 0) {
            return null;
        }
        return refused == refusals[slot] ? JoinOutcome.NO_ANSWER : JoinOutcome.REFUSED;
    }

    @SuppressWarnings("EnumOrdinal") // The array never leaves this class.
    private void end(long op, JoinOutcome outcome, long nowNs) {
        int slot = OpTable.slotOf(op);
        outcomes[slot] = outcome.ordinal();
        endNs[slot] = nowNs;
        table.complete(op);
    }

    private int finishedSlot(long op) {
        if (!table.isFinished(op)) {
            throw new IllegalStateException("operation=0x%016x is not finished".formatted(op));
        }
        return OpTable.slotOf(op);
    }
}
