package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.Partition;
import ai.bytesandbrains.engine.sim.Attack;
import ai.bytesandbrains.engine.sim.Start;
import ai.bytesandbrains.transport.aeron.DriverConfig;
import ai.bytesandbrains.transport.aeron.IdleMode;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// Converts the lower-case names that the command line, the table and the JSON use.
abstract sealed class LowerCase<E extends Enum<E>> implements ITypeConverter<E> {
    private final Class<E> type;

    private LowerCase(final Class<E> type) {
        this.type = type;
    }

    static String name(final Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public E convert(final String text) {
        for (final E constant : type.getEnumConstants()) {
            if (name(constant).equals(text.toLowerCase(Locale.ROOT))) {
                return constant;
            }
        }
        throw new TypeConversionException(
                "'%s' is not one of %s"
                        .formatted(
                                text,
                                Arrays.stream(type.getEnumConstants())
                                        .map(LowerCase::name)
                                        .collect(Collectors.joining(", "))));
    }

    static final class OfPartition extends LowerCase<Partition> {
        OfPartition() {
            super(Partition.class);
        }
    }

    static final class OfTransport extends LowerCase<DemoOptions.Transport> {
        OfTransport() {
            super(DemoOptions.Transport.class);
        }
    }

    static final class OfIdle extends LowerCase<IdleMode> {
        OfIdle() {
            super(IdleMode.class);
        }
    }

    static final class OfThreads extends LowerCase<DriverConfig.Threads> {
        OfThreads() {
            super(DriverConfig.Threads.class);
        }
    }

    static final class OfStart extends LowerCase<Start> {
        OfStart() {
            super(Start.class);
        }
    }

    static final class OfAttack extends LowerCase<Attack> {
        OfAttack() {
            super(Attack.class);
        }
    }

    static final class OfSelect extends LowerCase<SimOptions.Select> {
        OfSelect() {
            super(SimOptions.Select.class);
        }
    }

    static final class OfExchange extends LowerCase<SimOptions.Exchange> {
        OfExchange() {
            super(SimOptions.Exchange.class);
        }
    }

    static final class OfMode extends LowerCase<SimOptions.Mode> {
        OfMode() {
            super(SimOptions.Mode.class);
        }
    }

    static final class OfWire extends LowerCase<SimOptions.Wire> {
        OfWire() {
            super(SimOptions.Wire.class);
        }
    }

    static final class OfMetric extends LowerCase<EvalOptions.MetricName> {
        OfMetric() {
            super(EvalOptions.MetricName.class);
        }
    }

    static final class OfOverlayMetric extends LowerCase<OverlayOptions.MetricName> {
        OfOverlayMetric() {
            super(OverlayOptions.MetricName.class);
        }
    }

    static final class OfIndex extends LowerCase<EvalOptions.IndexName> {
        OfIndex() {
            super(EvalOptions.IndexName.class);
        }
    }

    static final class OfRows extends LowerCase<EvalOptions.RowName> {
        OfRows() {
            super(EvalOptions.RowName.class);
        }
    }
}
