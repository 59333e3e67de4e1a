package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.gossippq.GossipPq;
import ai.bytesandbrains.engine.space.Metric;

import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Vectors on their way from an application's threads to a node's agent, which shows them to the
/// protocol: some in a duty cycle, since each is encoded.
final class Observations {
    private static final int WAITING = 1024;
    private static final int PER_CYCLE = 4;

    private final Metric metric;
    private final int dimensions;
    private final ManyToOneConcurrentArrayQueue<float[]> queue =
            new ManyToOneConcurrentArrayQueue<>(WAITING);

    /// The vector that is shown, in native memory as the kernels want it.
    private final MemorySegment shown;

    Observations(Metric metric, int dimensions) {
        this.metric = metric;
        this.dimensions = dimensions;
        shown = Arena.ofAuto().allocate(4L * dimensions, 64);
    }

    /// Any thread; returns false if there is no room.
    boolean offer(float[] vector) {
        if (vector.length != dimensions) {
            throw new IllegalArgumentException(
                    "vector has %d dimensions: expected %d".formatted(vector.length, dimensions));
        }
        return queue.offer(vector.clone());
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /// Shows some; returns how many. The agent's thread.
    int drain(GossipPq protocol) {
        int count = 0;
        float[] vector = null;
        while (count < PER_CYCLE && (vector = queue.poll()) != null) {
            count++;
            if (enter(vector)) {
                protocol.observe(shown, 0);
            }
        }
        return count;
    }

    /// Copies a vector, at unit length for cosine; returns false if nothing can be learned from it.
    private boolean enter(float[] vector) {
        double sum = 0;
        for (float x : vector) {
            sum += (double) x * x;
        }
        if (!Double.isFinite(sum) || (sum == 0 && metric == Metric.COSINE)) {
            return false;
        }
        double factor = metric == Metric.COSINE ? 1 / Math.sqrt(sum) : 1;
        for (int d = 0; d < dimensions; d++) {
            shown.setAtIndex(ValueLayout.JAVA_FLOAT, d, (float) (vector[d] * factor));
        }
        return true;
    }
}
