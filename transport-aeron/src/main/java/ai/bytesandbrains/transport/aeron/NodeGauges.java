package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.DropReason;
import ai.bytesandbrains.engine.gossip.JoinState;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// A node's counts as counters of the media driver, brought up to date ten times a second by the
/// agent. Labels begin with the node's role name, so that the nodes of a driver can be told apart:
/// `bb-node-1a2b3c4d frames sent`. Single-threaded, allocates nothing after construction.
final class NodeGauges {

    /// Aeron leaves numbers from 1,000 to its users.
    static final int COUNTER_TYPE = 25_185;

    private static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final List<Transport.Gauge> gauges = new ArrayList<>();
    private final List<LongSupplier> numbers = new ArrayList<>();
    private final Transport transport;
    private final String node;
    private final DutyCycle dutyCycle;
    private long nextNs;

    NodeGauges(NodeCore core, String node, DutyCycle dutyCycle, long nowNs) {
        transport = core.transport;
        this.node = node;
        this.dutyCycle = dutyCycle;
        nextNs = nowNs;
        addTransport(core.transport.counters());
        for (DropReason reason : DropReason.values()) {
            String name = reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            add("dropped: " + name, () -> core.drops.get(reason));
        }
        addProtocols(core);
        add("duty cycle ns, longest", dutyCycle::longestNs);
        add("duty cycles over budget", dutyCycle::overBudget);
    }

    private void addTransport(TransportCounters counters) {
        add("frames sent", counters::framesSent);
        add("bytes sent", counters::bytesSent);
        add("frames received", counters::framesReceived);
        add("bytes received", counters::bytesReceived);
        add("back-pressure", counters::backPressure);
        add("connections opened", counters::linksOpened);
        add("connections failed", counters::linksFailed);
        add("frames lost with their connection", counters::framesLost);
        add("reconnects", counters::reconnects);
    }

    private void addProtocols(NodeCore core) {
        add("view size", core.gossip::viewLength);
        add("joined", () -> core.gossip.joinState() == JoinState.JOINED ? 1 : 0);
        add("exchanges completed", core.gossipLogic.counters()::completed);
        add("exchanges accepted", core.gossipLogic.counters()::accepted);
        add("gossip answers dropped", core.gossipLogic.counters()::answersDropped);
        add("gossip timeouts", core.gossipLogic.counters()::timeouts);
        add("searches started", core.search.counters()::started);
        add("searches partial", core.search.counters()::partial);
        add("queries answered", core.search.counters()::answered);
        add("queries refused", core.search.counters()::refused);
    }

    private void add(String name, LongSupplier number) {
        gauges.add(transport.gauge(node + " " + name));
        numbers.add(number);
    }

    /// Called once a duty cycle.
    void update(long nowNs) {
        if (nowNs - nextNs < 0) {
            return;
        }
        nextNs = nowNs + PERIOD_NS;
        for (int i = 0; i < gauges.size(); i++) {
            gauges.get(i).set(numbers.get(i).getAsLong());
        }
        dutyCycle.startPeriod();
    }
}
