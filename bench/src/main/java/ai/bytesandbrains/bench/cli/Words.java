package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.Vectors;
import ai.bytesandbrains.bench.words.TextLines;
import ai.bytesandbrains.bench.words.WordJars;
import ai.bytesandbrains.bench.words.WordModel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Texts on the command line: what `--ask` and `--texts` say, and the model that embeds it.
final class Words {
    /// Where the launcher is, which knows where the model is kept.
    private static final String HOME_PROPERTY = "bb.home";

    private static final String STANDARD_INPUT = "-";
    private static final String MAVEN = "mvn";

    /// The most lines of a file.
    static final int MAX_LINES = 20_000;

    private Words() {}

    /// Loads the model, which is fetched when it is needed for the first time.
    ///
    /// @throws UsageException if it is not there and cannot be fetched
    static WordModel model(final Output output) {
        final String home = System.getProperty(HOME_PROPERTY);
        if (home == null) {
            throw new UsageException(
                    "texts need the launcher bench/bb, or -D%s=FOLDER of the bench module"
                            .formatted(HOME_PROPERTY));
        }
        try {
            return WordModel.load(new WordJars(Path.of(home), MAVEN).jars(output::note));
        } catch (final IOException e) {
            throw new UsageException(e.getMessage(), e);
        }
    }

    /// The lines of a file.
    ///
    /// @throws UsageException if it cannot be read, or has no text or too many
    static List<String> lines(final Path file) {
        try {
            return TextLines.read(file, MAX_LINES);
        } catch (final IOException e) {
            throw new UsageException("--texts " + e.getMessage(), e);
        }
    }

    /// A vector for each text.
    static Vectors embed(final WordModel model, final List<String> texts, final Output output) {
        try (Progress progress = output.progress("texts embedded", texts.size())) {
            return model.embed(texts, progress::stepTo);
        }
    }

    /// What is asked: the texts as they are, and the lines of standard input for a `-`.
    ///
    /// @throws UsageException if one is blank, or standard input cannot be read
    static List<String> questions(final List<String> asked) {
        final List<String> questions = new ArrayList<>();
        for (final String question : asked) {
            if (question.equals(STANDARD_INPUT)) {
                questions.addAll(standardInput());
            } else if (question.isBlank()) {
                throw new UsageException("--ask: nothing is asked");
            } else {
                questions.add(question.strip());
            }
        }
        if (questions.isEmpty()) {
            throw new UsageException("--ask -: standard input has no line with a question");
        }
        return questions;
    }

    private static List<String> standardInput() {
        try {
            return TextLines.read(
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        } catch (final IOException e) {
            throw new UsageException("--ask -: " + e.getMessage(), e);
        }
    }
}
