package ai.bytesandbrains.bench.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/// `bb doctor`: exit code 0 if nothing is missing, 1 otherwise.
@Command(
        name = "doctor",
        description =
                "JDK, flags, SIMD species, /dev/shm and Aeron directory; says what is missing.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Mixin private Output output;

    @Override
    public Integer call() throws IOException {
        final DoctorReport report =
                new Doctor(Path.of("/dev/shm"), Path.of(System.getProperty("java.io.tmpdir")))
                        .examine();
        output.print(report);
        return report.ok() ? 0 : Bb.FAILED;
    }
}
