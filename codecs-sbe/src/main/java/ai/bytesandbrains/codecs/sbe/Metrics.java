package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.engine.space.Metric;

/// Metrics between the engine and the wire.
final class Metrics {

    private Metrics() {}

    static ai.bytesandbrains.codecs.sbe.wire.Metric toWire(Metric metric) {
        return switch (metric) {
            case L2 -> ai.bytesandbrains.codecs.sbe.wire.Metric.L2;
            case COSINE -> ai.bytesandbrains.codecs.sbe.wire.Metric.COSINE;
        };
    }

    /// Null if the code is not one of this version's.
    static Metric ofCode(int code) {
        if (code == ai.bytesandbrains.codecs.sbe.wire.Metric.L2.value()) {
            return Metric.L2;
        }
        return code == ai.bytesandbrains.codecs.sbe.wire.Metric.COSINE.value()
                ? Metric.COSINE
                : null;
    }
}
