package ai.bytesandbrains.bench.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

class WordPieceTest {
    private static final List<String> PIECES =
            List.of(
                    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "un", "##aff", "##able", "a", "cafe",
                    "do", "n", "'", "t", "!", "水", "##s");

    private final WordPiece wordPiece = new WordPiece(vocabulary());

    private static Map<String, Integer> vocabulary() {
        final Map<String, Integer> vocabulary = new HashMap<>();
        for (int i = 0; i < PIECES.size(); i++) {
            vocabulary.put(PIECES.get(i), i);
        }
        return vocabulary;
    }

    private String pieces(final String text, final int most) {
        return Arrays.stream(wordPiece.encode(text, most))
                .mapToObj(token -> PIECES.get((int) token))
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "The unaffable | the un ##aff ##able",
                "the\tthe\u00a0the | the the the",
                "CAFÉ café | cafe cafe",
                "don't! | [UNK] ' t !",
                "do n't | do n ' t",
                "a水a | a 水 a",
                "as | a ##s",
                "a\u0000\u200bs | a ##s",
                "unaffablex | [UNK]",
                "\"\" | \"\""
            })
    void shouldCutIntoTheLongestPieces(final String text, final String expected) {
        final String inner = expected.isEmpty() ? "" : " " + expected;

        assertThat(pieces(text, 100)).isEqualTo("[CLS]" + inner + " [SEP]");
    }

    @Test
    void shouldLeaveOutWhatIsTooLong() {
        assertThat(pieces("the the the the", 4)).isEqualTo("[CLS] the the [SEP]");
        assertThat(pieces("the", 2)).isEqualTo("[CLS] [SEP]");
        assertThat(pieces("a".repeat(101), 9)).isEqualTo("[CLS] [UNK] [SEP]");
    }

    @Test
    void shouldReadAVocabulary() throws IOException {
        final String json =
                "{\"model\":{\"vocab\":{\"[CLS]\":1,\"[SEP]\":2,\"[UNK]\":3,\"dam\":7}}}";

        final WordPiece read = WordPiece.read(stream(json));

        assertThat(read.encode("Dam dams", 9)).containsExactly(1, 7, 3, 2);
        assertThatIOException()
                .isThrownBy(() -> WordPiece.read(stream("{}")))
                .withMessageContaining("[UNK]");
    }

    private static ByteArrayInputStream stream(final String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
