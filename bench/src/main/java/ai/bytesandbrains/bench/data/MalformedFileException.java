package ai.bytesandbrains.bench.data;

import java.io.IOException;
import java.io.Serial;

/// A data file is damaged, truncated, hostile or of another format. The message is one line that
/// names the file and the numbers that disagree.
public final class MalformedFileException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    /// Names the file and what is wrong with it.
    ///
    /// @param file name or path as the user knows it
    /// @param problem what disagrees, with the numbers, on one line
    public MalformedFileException(final String file, final String problem) {
        super(file + ": " + problem);
    }

    /// Names the file, what is wrong with it, and the exception that showed it.
    ///
    /// @param file name or path as the user knows it
    /// @param problem what disagrees, with the numbers, on one line
    /// @param cause how it was noticed
    public MalformedFileException(final String file, final String problem, final Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
