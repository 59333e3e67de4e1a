package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.demo.DemoNetwork;
import ai.bytesandbrains.engine.space.Simd;
import ai.bytesandbrains.transport.aeron.AeronDirectories;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Looks at the machine and the running JVM. Each thing that is missing becomes one line that ends
/// with the remedy.
final class Doctor {
    /// The SIMD module is an incubator: its interface may differ in every other release.
    private static final int TESTED_JAVA = 25;
    private static final String USE_LAUNCHER = "start with bench/bb, which passes bench/jvm.flags";

    private static final int DEMO_PEERS = 16;

    private final Path shm;
    private final Path temporary;
    private final List<String> problems = new ArrayList<>();

    /// @param shm the shared-memory file system, usually /dev/shm; need not exist
    /// @param temporary the folder of temporary files
    Doctor(final Path shm, final Path temporary) {
        this.shm = shm;
        this.temporary = temporary;
    }

    DoctorReport examine() throws IOException {
        problems.clear();
        checkJava();
        final List<String> flags = checkFlags();
        Long shmBytes = null;
        Long shmUsableBytes = null;
        if (Files.isDirectory(shm)) {
            final FileStore store = Files.getFileStore(shm);
            shmBytes = store.getTotalSpace();
            shmUsableBytes = store.getUsableSpace();
        }
        final Path parent =
                AeronDirectories.parent(shm, temporary, DemoNetwork.driverBytes(true, DEMO_PEERS));
        checkWritable(parent);
        for (final Path folder : List.of(shm, temporary)) {
            for (final Path leftover : AeronDirectories.leftOvers(folder)) {
                problems.add(
                        "%s is left of a process that is gone: rm -r '%s'"
                                .formatted(leftover, leftover));
            }
        }
        return new DoctorReport(
                problems.isEmpty(),
                Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
                System.getProperty("java.home"),
                flags,
                Simd.species(),
                Simd.reason(),
                shmBytes,
                shmUsableBytes,
                whereAndWhy(parent, shmUsableBytes),
                problems);
    }

    private void checkJava() {
        final int feature = Runtime.version().feature();
        if (feature != TESTED_JAVA) {
            problems.add(
                    "JDK %d is not the tested %d: install a JDK %d and set BB_JAVA_HOME to its folder"
                            .formatted(feature, TESTED_JAVA, TESTED_JAVA));
        }
    }

    /// The flags of bench/jvm.flags that are in force.
    private List<String> checkFlags() {
        final List<String> inForce = new ArrayList<>();
        final Module own = Doctor.class.getModule();
        checkFlag(
                inForce,
                "--add-modules jdk.incubator.vector",
                ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
        checkFlag(
                inForce,
                "--add-opens java.base/jdk.internal.misc=ALL-UNNAMED",
                Object.class.getModule().isOpen("jdk.internal.misc", own));
        checkFlag(inForce, "--enable-native-access=ALL-UNNAMED", own.isNativeAccessEnabled());
        return inForce;
    }

    private void checkFlag(final List<String> inForce, final String flag, final boolean isInForce) {
        if (isInForce) {
            inForce.add(flag);
        } else {
            problems.add(flag + " is not in force: " + USE_LAUNCHER);
        }
    }

    private String whereAndWhy(final Path parent, final Long shmUsableBytes) {
        if (parent.equals(shm)) {
            return parent.toString();
        }
        return shmUsableBytes == null
                ? "%s (there is no %s)".formatted(parent, shm)
                : "%s (of %s only %d bytes can be used)".formatted(parent, shm, shmUsableBytes);
    }

    /// Tries it, because permission bits do not tell of a read-only mount.
    private void checkWritable(final Path parent) {
        try {
            Files.delete(Files.createDirectory(AeronDirectories.fresh(parent)));
        } catch (final IOException _) {
            problems.add(
                    "%s cannot be written: give this user write access to it (a media driver's files go there)"
                            .formatted(parent));
        }
    }
}
