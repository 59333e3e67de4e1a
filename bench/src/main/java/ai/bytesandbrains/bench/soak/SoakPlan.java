package ai.bytesandbrains.bench.soak;

import java.util.List;

/// What is done in a soak.
///
/// @param nodes how many processes
/// @param udp whether they talk over the loopback interface, or over shared memory
/// @param durationNs how long they are harmed
/// @param everyNs from one harm to the next
/// @param driverEvery every so many harms it is the driver that is killed; 0 for never
/// @param stopNs how long a stopped process stands still
/// @param deadlineNs of a query
/// @param driverOptions of the driver's JVM
/// @param seed of who is harmed and who is asked
public record SoakPlan(
        int nodes,
        boolean udp,
        long durationNs,
        long everyNs,
        int driverEvery,
        long stopNs,
        long deadlineNs,
        List<String> driverOptions,
        long seed) {}
