package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class ShownQueryTest {
    @Test
    void shouldShowRankDistancePeerAndText() {
        final ShownQuery query =
                new ShownQuery(
                        "breeze: a light wind",
                        List.of(
                                new ShownQuery.Hit(0.25f, "peer-3", "wind: air that moves"),
                                new ShownQuery.Hit(0.5f, "peer-11", "storm: strong wind")));

        assertThat(query.render())
                .isEqualTo(
                        """
                        query: breeze: a light wind
                            1  0.2500  peer-3   wind: air that moves
                            2  0.5000  peer-11  storm: strong wind
                        """);
    }

    @Test
    void shouldKeepEveryLineWithinTheTerminal() {
        final String words = "word ".repeat(60).strip();
        final String oneWord = "x".repeat(300);
        for (final String text : List.of(words, oneWord)) {
            final String shown =
                    new ShownQuery(text, List.of(new ShownQuery.Hit(1, "p".repeat(90), text)))
                            .render();

            assertThat(shown.lines()).allMatch(line -> line.length() <= 100);
            assertThat(shown.lines().toList().getLast()).endsWith("...");
        }
    }

    @Test
    void shouldNotLetATextOfAPeerControlTheTerminal() {
        final String shown =
                new ShownQuery(
                                "q",
                                List.of(new ShownQuery.Hit(1, "p\u009b", "a\u001b[2J\nb\u2028c")))
                        .render();

        assertThat(shown.lines()).hasSize(2);
        assertThat(shown).doesNotContain("\u001b", "\u009b", "\u2028");
    }
}
