package ai.bytesandbrains.bench.cli;

/// The result of a command. Its record components are the keys of the JSON object.
public interface Report {
    /// The same result for a reader.
    ///
    /// @return lines, each ended by a line break
    String table();
}
