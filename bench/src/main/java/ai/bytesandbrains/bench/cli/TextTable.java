package ai.bytesandbrains.bench.cli;

import java.util.List;
import java.util.Locale;

/// Two aligned columns, name and value, for a terminal of [#WIDTH] columns.
///
/// For one thread.
final class TextTable {
    /// Columns that a printed line keeps to.
    static final int WIDTH = 100;

    private static final int NAME_WIDTH = 26;
    private static final String ABSENT = "-";

    private final StringBuilder text = new StringBuilder();

    /// A heading of the rows that follow.
    TextTable heading(final String heading) {
        text.append(heading).append('\n');
        return this;
    }

    /// One row. Null is shown as a dash: not measured.
    TextTable row(final String name, final Object value) {
        return row(name, value, "");
    }

    /// One row with a unit behind its value.
    TextTable row(final String name, final Object value, final String unit) {
        final String shown =
                switch (value) {
                    case null -> ABSENT;
                    case Double number -> decimal(number) + unit;
                    case Integer number -> String.format(Locale.ROOT, "%,d%s", number, unit);
                    case Long number -> String.format(Locale.ROOT, "%,d%s", number, unit);
                    case Boolean flag -> flag ? "yes" : "no";
                    default -> value + unit;
                };
        text.append(("  %-" + NAME_WIDTH + "s %s").formatted(name, shown).stripTrailing());
        text.append('\n');
        return this;
    }

    /// A row for each entry of a list, the name in front of the first only.
    TextTable rows(final String name, final List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            row(i == 0 ? name : "", values.get(i));
        }
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /// About four significant digits, never an exponent.
    private static String decimal(final double value) {
        final double size = Math.abs(value);
        final int places = size >= 1000 ? 0 : size >= 10 ? 1 : 4;
        return String.format(Locale.ROOT, "%,." + places + "f", value);
    }
}
