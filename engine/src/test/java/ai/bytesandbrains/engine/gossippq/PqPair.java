package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.sim.Chance;
import ai.bytesandbrains.engine.sim.GossipPqCarrier;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Predicate;

/// Two nodes that know each other, and a wire between them that a test may listen to and cut.
final class PqPair implements AutoCloseable {
    static final long A = 1;
    static final long B = 2;
    private static final int PLACES = 64;

    GossipPq a;
    final GossipPq b;
    long nowNs;

    /// Which messages get through.
    Predicate<GossipPqMessage> wire = message -> true;

    private final Arena arena = Arena.ofConfined();
    private final GossipPqConfig config;
    private final int rows;
    private final GossipPqCarrier carrier;
    private final MemorySegment[] places = new MemorySegment[PLACES];
    private final long[] receivers = new long[PLACES];
    private int head;
    private int tail;

    PqPair(GossipPqConfig config, int rows) {
        this.config = config;
        this.rows = rows;
        int maxBody =
                Math.max(GossipPq.CHUNK_BYTES, GossipPqBody.maxBytes(config.subspaceDimensions()));
        carrier = new GossipPqCarrier(maxBody);
        for (int i = 0; i < PLACES; i++) {
            places[i] = arena.allocate(carrier.maxBytes(), 8);
        }
        a = node(1);
        b = node(2);
    }

    /// Puts another node in the place of the first one, with the same secrets and rows.
    void restartA(GossipPqHistory history, GossipPqLog log) {
        a.close();
        a = node(1);
        a.restore(history, log);
    }

    private GossipPq node(int number) {
        Chance chance = new Chance(number);
        return new GossipPq(
                config,
                new NodeSecrets(number, 31L * number),
                new NormalRows(rows, config.dimensions(), number),
                new OtherPeers(number - 1, 2, chance),
                chance,
                this::send,
                GossipPqListener.NONE,
                nowNs);
    }

    private boolean send(long to, GossipPqMessage message) {
        if (wire.test(message) && tail - head < PLACES) {
            int place = tail++ % PLACES;
            carrier.write(0, to, message, places[place], 0);
            receivers[place] = to;
        }
        return true;
    }

    /// One round of both, and all messages that come of it.
    void round() {
        nowNs += config.periodNs();
        a.poll(nowNs);
        deliver();
        b.poll(nowNs);
        deliver();
    }

    private void deliver() {
        while (head < tail) {
            int place = head++ % PLACES;
            GossipPqMessage message = carrier.read(0, 0, places[place], 0, 0);
            if (receivers[place] == A) {
                a.onMessage(B, message, nowNs);
            } else {
                b.onMessage(A, message, nowNs);
            }
        }
    }

    @Override
    public void close() {
        a.close();
        b.close();
        arena.close();
    }
}
