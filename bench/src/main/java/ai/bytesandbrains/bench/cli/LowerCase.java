package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.Partition;

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
}
