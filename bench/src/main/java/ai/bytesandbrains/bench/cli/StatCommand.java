package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.transport.aeron.NodeCounters;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;

/// `bb stat`: what the nodes of a media driver count, read from outside.
@Command(
        name = "stat",
        description = "Prints the counters of all nodes on a media driver.",
        mixinStandardHelpOptions = true)
final class StatCommand implements Callable<Integer> {
    @Mixin private Output output;

    @Option(
            names = "--ipc-dir",
            paramLabel = "DIR",
            required = true,
            description = "The media driver's directory, as bb node prints it.")
    private Path ipcDir;

    @Override
    public Integer call() {
        output.print(
                new Counters(
                        NodeCounters.read(Path.of(Addresses.aeronDirectory("--ipc-dir", ipcDir)))));
        return 0;
    }

    /// The counters.
    ///
    /// @param counters values by label
    record Counters(SortedMap<String, Long> counters) implements Report {
        @Override
        public String table() {
            final StringBuilder text = new StringBuilder();
            for (final Map.Entry<String, Long> counter : counters.entrySet()) {
                text.append("%,20d  %s%n".formatted(counter.getValue(), counter.getKey()));
            }
            return text.toString();
        }
    }
}
