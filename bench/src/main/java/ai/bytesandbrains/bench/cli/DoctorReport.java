package ai.bytesandbrains.bench.cli;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

import java.util.List;

/// What `bb doctor` found. Bytes are null where the system has no /dev/shm.
///
/// @param ok nothing is missing
/// @param java version and vendor of the running JDK
/// @param javaHome its folder
/// @param flags the JVM flags that the code needs and that are in force
/// @param species SIMD species of the kernels, null without SIMD
/// @param simdReason why that species
/// @param shmBytes size of /dev/shm
/// @param shmUsableBytes what of it is free for this user
/// @param aeronDirectory folder that a media driver's directory is made in
/// @param problems what is missing and how to mend it, one line each
@JsonPropertyOrder({
    "ok",
    "java",
    "species",
    "simdReason",
    "shmBytes",
    "aeronDirectory",
    "problems"
})
public record DoctorReport(
        boolean ok,
        String java,
        String javaHome,
        List<String> flags,
        String species,
        String simdReason,
        Long shmBytes,
        Long shmUsableBytes,
        String aeronDirectory,
        List<String> problems)
        implements Report {
    /// Keeps its own copies of the lists.
    public DoctorReport {
        flags = List.copyOf(flags);
        problems = List.copyOf(problems);
    }

    @Override
    public String table() {
        return new TextTable()
                .row("java", java)
                .row("java home", javaHome)
                .rows("jvm flags", flags)
                .row("simd species", species)
                .row("simd reason", simdReason)
                .row("/dev/shm size", shmBytes, " bytes")
                .row("/dev/shm usable", shmUsableBytes, " bytes")
                .row("aeron directory", aeronDirectory)
                .row("ok", ok)
                .rows("problems", problems)
                .toString();
    }
}
