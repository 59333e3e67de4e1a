package ai.bytesandbrains.bench.cli;

import java.io.Serial;

/// The user asked for something that cannot be done as asked. The message is shown alone, on one
/// line, and the process ends with exit code 2.
public final class UsageException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    /// Says what is wrong and what would be right.
    ///
    /// @param message one line for the user
    public UsageException(final String message) {
        super(message);
    }

    /// Says what is wrong and what would be right.
    ///
    /// @param message one line for the user
    /// @param cause how it was noticed
    public UsageException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
