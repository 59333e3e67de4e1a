package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.PrintWriter;
import java.io.StringWriter;

class FederatedCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String line) {
        return Bb.execute(
                Bb.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)),
                ("federated " + line).split(" "));
    }

    @Test
    void shouldFindMostByAskingSixOfSixteen() throws Exception {
        assertThat(run("--ask 6 --limit 60 --json")).isZero();

        final JsonNode json = new ObjectMapper().readTree(out.toString());
        final JsonNode six = json.get("asked").get(0);
        assertThat(json.get("nodes").asInt()).isEqualTo(16);
        assertThat(six.get("recallAt10").asDouble()).isBetween(0.8, 1.0);
        assertThat(six.get("recallAt10").asDouble())
                .isLessThanOrEqualTo(six.get("oracleAt10").asDouble());
        assertThat(six.get("peersAskedMean").asDouble()).isEqualTo(6);
        assertThat(six.get("partial").asInt()).isZero();
    }

    @Test
    void shouldCompareRulesWithTheBestChoice() throws Exception {
        assertThat(run("--rules --ask 1,6 --limit 60 --json")).isZero();

        final JsonNode rules = new ObjectMapper().readTree(out.toString()).get("rules");
        final JsonNode best = rules.get(rules.size() - 1).get("recallAt10");
        for (final JsonNode rule : rules) {
            for (int asked = 0; asked < 2; asked++) {
                assertThat(rule.get("recallAt10").get(asked).asDouble())
                        .as("%s", rule.get("rule"))
                        .isGreaterThan(0.2)
                        .isLessThanOrEqualTo(best.get(asked).asDouble() + 1e-9);
            }
        }
    }

    @Test
    void shouldTimeSearchesBesideTheSlowestPeersOwn() throws Exception {
        assertThat(run("--ipc 2 --ask all --json")).isZero();

        final JsonNode all = new ObjectMapper().readTree(out.toString()).get("asked").get(0);
        assertThat(all.get("peersAskedMean").asDouble()).isEqualTo(1);
        assertThat(all.get("recallAt10").asDouble()).isGreaterThan(0.98);
        assertThat(all.get("slowestSearchP50Us").asDouble())
                .isPositive()
                .isLessThanOrEqualTo(all.get("p50Us").asDouble());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--ask 0|--ask 0",
                "--ask many|--ask many",
                "--periods 0|--periods 0",
                "--profiles 9|--profiles 9",
                "--partition x|known are iid, bytopic, dirichlet, powerlaw, niche",
                "--ipc 1|--ipc 1",
                "--rules|--rules",
                "--base x.fvecs|go together"
            })
    void shouldNameWhatIsWrong(final String line, final String named) {
        assertThat(run(line)).isEqualTo(Bb.CANNOT);
        assertThat(err.toString()).contains(named).hasLineCount(1);
    }
}
