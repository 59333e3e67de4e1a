package ai.bytesandbrains.bench.words;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.InputStream;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Cuts texts into the tokens of an uncased BERT model: lower case, without accents, at spaces and
/// punctuation, each word then into the longest pieces that the vocabulary has.
///
/// Immutable and safe for any thread. Source: Devlin et al., "BERT", NAACL 2019, and the WordPiece
/// model of Schuster, Nakajima, "Japanese and Korean voice search", ICASSP 2012.
public final class WordPiece {
    private static final String UNKNOWN = "[UNK]";
    private static final String BEGIN = "[CLS]";
    private static final String END = "[SEP]";
    private static final String INNER = "##";
    private static final int MAX_WORD = 100;

    private final Map<String, Integer> vocabulary;

    /// Takes a vocabulary.
    ///
    /// @param vocabulary the number of each piece; pieces inside a word begin with `##`
    /// @throws IllegalArgumentException if it lacks one of the special tokens
    public WordPiece(final Map<String, Integer> vocabulary) {
        this.vocabulary = Map.copyOf(vocabulary);
        for (final String special : List.of(UNKNOWN, BEGIN, END)) {
            if (!this.vocabulary.containsKey(special)) {
                throw new IllegalArgumentException("the vocabulary lacks " + special);
            }
        }
    }

    /// Reads a vocabulary from a `tokenizer.json`.
    ///
    /// @param in the file; stays the caller's
    /// @return what cuts by it
    /// @throws IOException if it cannot be read or holds no such vocabulary
    public static WordPiece read(final InputStream in) throws IOException {
        final JsonNode words = new ObjectMapper().readTree(in).path("model").path("vocab");
        final Map<String, Integer> vocabulary = new HashMap<>();
        words.properties().forEach(word -> vocabulary.put(word.getKey(), word.getValue().asInt()));
        try {
            return new WordPiece(vocabulary);
        } catch (final IllegalArgumentException e) {
            throw new IOException("tokenizer.json: " + e.getMessage(), e);
        }
    }

    /// The tokens of a text between those for its begin and end.
    ///
    /// @param text any text
    /// @param most the most tokens, at least 2; what is beyond is left out
    /// @return their numbers
    public long[] encode(final String text, final int most) {
        final List<Integer> tokens = new ArrayList<>();
        tokens.add(vocabulary.get(BEGIN));
        for (final String word : words(text)) {
            addPieces(word, tokens);
        }
        while (tokens.size() >= most) {
            tokens.removeLast();
        }
        tokens.add(vocabulary.get(END));
        return tokens.stream().mapToLong(Integer::longValue).toArray();
    }

    private static List<String> words(final String text) {
        final String plain =
                Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFD);
        final List<String> words = new ArrayList<>();
        final StringBuilder word = new StringBuilder();
        plain.codePoints()
                .forEach(
                        c -> {
                            final boolean alone = isPunctuation(c) || isIdeograph(c);
                            if (alone || isSpace(c)) {
                                flush(word, words);
                            }
                            if (alone) {
                                words.add(Character.toString(c));
                            } else if (!isSpace(c) && !isLeftOut(c)) {
                                word.appendCodePoint(c);
                            }
                        });
        flush(word, words);
        return words;
    }

    private static void flush(final StringBuilder word, final List<String> words) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    private void addPieces(final String word, final List<Integer> tokens) {
        final int before = tokens.size();
        int from = 0;
        while (from < word.length() && word.length() <= MAX_WORD) {
            int to = word.length();
            Integer piece = null;
            while (to > from && piece == null) {
                final String part = word.substring(from, to);
                piece = vocabulary.get(from == 0 ? part : INNER + part);
                to--;
            }
            if (piece == null) {
                break;
            }
            tokens.add(piece);
            from = to + 1;
        }
        if (from < word.length()) {
            tokens.subList(before, tokens.size()).clear();
            tokens.add(vocabulary.get(UNKNOWN));
        }
    }

    private static boolean isSpace(final int c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c);
    }

    /// Accents, which decomposition has split off, controls, and what stands for nothing.
    private static boolean isLeftOut(final int c) {
        final int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK
                || type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.PRIVATE_USE
                || type == Character.SURROGATE
                || type == Character.UNASSIGNED
                || c == 0xfffd;
    }

    private static boolean isPunctuation(final int c) {
        if (c < 0x80) {
            return c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION ->
                    true;
            default -> false;
        };
    }

    private static boolean isIdeograph(final int c) {
        return (c >= 0x4e00 && c <= 0x9fff)
                || (c >= 0x3400 && c <= 0x4dbf)
                || (c >= 0x20000 && c <= 0x2ceaf)
                || (c >= 0xf900 && c <= 0xfaff)
                || (c >= 0x2f800 && c <= 0x2fa1f);
    }
}
