package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.demo.DemoNetwork;
import ai.bytesandbrains.bench.words.WordModel;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;
import ai.bytesandbrains.engine.space.Simd;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// `bb demo --ask`: peers that know one seed peer find each other, tell each other what they have,
/// and are asked in words.
final class AskRun {
    /// In these exchanges everybody hears of everybody's profiles.
    private static final int PERIODS = 30;

    private final Output output;
    private final DemoOptions options;
    private final AskOptions asking;

    AskRun(final Output output, final DemoOptions options, final AskOptions asking) {
        this.output = output;
        this.options = options;
        this.asking = asking;
    }

    /// Asks everything and prints the answers.
    void run(final SearchParameters parameters) throws IOException {
        final List<String> questions = Words.questions(asking.asked());
        try (WordModel model = Words.model(output)) {
            final DemoTexts data =
                    asking.texts() == null
                            ? DemoTexts.bundled(options)
                            : DemoTexts.read(asking.texts(), options, model, output);
            Simd.warmUp();
            try (DemoNetwork network =
                    DemoNetwork.start(
                            options.transport() == DemoOptions.Transport.UDP,
                            data.vectors(),
                            data.nodeOf(),
                            options.peers(),
                            options.seed())) {
                discover(network);
                final List<Answer> answers = new ArrayList<>();
                for (int i = 0; i < questions.size(); i++) {
                    final float[] query = model.embed(questions.get(i));
                    final SearchResult result =
                            network.node(i % options.peers()).search(query, parameters);
                    answers.add(answer(questions.get(i), result, network, data));
                    output.text(answers.getLast().text() + "\n");
                }
                network.requireHealthy();
                if (output.json()) {
                    output.print(new Answers(answers));
                }
            }
        }
    }

    private void discover(final DemoNetwork network) {
        DiscoveryRun.discover(network, output);
        try (Progress progress = output.progress("profiles: periods", PERIODS)) {
            for (int i = 0; i < PERIODS; i++) {
                LockSupport.parkNanos(DemoNetwork.PERIOD_NS);
                progress.step();
            }
        }
    }

    private static Answer answer(
            final String question,
            final SearchResult result,
            final DemoNetwork network,
            final DemoTexts data) {
        final List<Hit> hits =
                result.hits().stream()
                        .map(
                                hit ->
                                        new Hit(
                                                data.texts().get(Math.toIntExact(hit.id())),
                                                1 - hit.distance(),
                                                network.nameOf(hit.peer())))
                        .toList();
        return new Answer(
                question,
                hits,
                result.peersContacted(),
                result.peersAnswered(),
                result.isScattered(),
                result.isPartial(),
                result.elapsedNs() / 1e3);
    }

    /// A text that was found.
    ///
    /// @param text the text
    /// @param similarity its cosine with the question
    /// @param peer who has it
    record Hit(String text, float similarity, String peer) {}

    /// What was found for one question.
    ///
    /// @param question what was asked
    /// @param hits the most similar first
    /// @param peersAsked how many peers received anything because of it
    /// @param peersAnswered how many answered in time
    /// @param scattered whether texts are spread at random, so that many had to be asked
    /// @param partial whether an answer is missing
    /// @param totalUs microseconds from the vector to the result
    record Answer(
            String question,
            List<Hit> hits,
            int peersAsked,
            int peersAnswered,
            boolean scattered,
            boolean partial,
            double totalUs) {

        private String text() {
            final List<ShownQuery.Hit> shown =
                    hits.stream()
                            .map(
                                    hit ->
                                            new ShownQuery.Hit(
                                                    hit.similarity(), hit.peer(), hit.text()))
                            .toList();
            return "%s  peers asked: %d, answered: %d%s, %.0f us%n"
                    .formatted(
                            new ShownQuery(question, shown).render(),
                            peersAsked,
                            peersAnswered,
                            scattered ? " (texts are spread at random: nobody knows best)" : "",
                            totalUs);
        }
    }

    /// What was found for all questions.
    ///
    /// @param answers in the order of the questions
    record Answers(List<Answer> answers) implements Report {
        @Override
        public String table() {
            return answers.stream().map(Answer::text).collect(Collectors.joining());
        }
    }
}
