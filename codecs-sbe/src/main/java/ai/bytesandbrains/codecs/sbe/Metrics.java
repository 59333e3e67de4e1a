package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.engine.space.Metric;

/// Metrics between the engine and the wire.
final class Metrics {

    private static final Metric[] ALL = Metric.values();

    private Metrics() {}

    static ai.bytesandbrains.codecs.sbe.wire.Metric toWire(Metric metric) {
        return switch (metric) {
            case L2 -> ai.bytesandbrains.codecs.sbe.wire.Metric.L2;
            case COSINE -> ai.bytesandbrains.codecs.sbe.wire.Metric.COSINE;
            case INNER_PRODUCT -> ai.bytesandbrains.codecs.sbe.wire.Metric.INNER_PRODUCT;
            case OTHER -> ai.bytesandbrains.codecs.sbe.wire.Metric.NULL_VAL;
            case HAMMING -> ai.bytesandbrains.codecs.sbe.wire.Metric.HAMMING;
        };
    }

    /// Null if the code is not one of this version's.
    static Metric ofCode(int code) {
        for (Metric metric : ALL) {
            if (metric != Metric.OTHER && toWire(metric).value() == code) {
                return metric;
            }
        }
        return null;
    }
}
