package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.fuzz.FuzzRun;
import ai.bytesandbrains.bench.fuzz.FuzzTally;
import ai.bytesandbrains.codecs.sbe.DropReason;

import java.util.Map;

/// The figures of one `bb fuzz`.
///
/// @param ok whether nothing was thrown, every frame was counted once, and memory did not grow
/// @param seed of the frames
/// @param frames that nodes were handed, sound and damaged
/// @param sound those as their sender has made them
/// @param soundByTemplate the same by kind, a template of the schema
/// @param delivered those that a protocol got
/// @param dropped those that were dropped before that
/// @param drops by reason
/// @param miscounted frames that were not counted once, as dropped or not
/// @param exceptions frames that made a node throw
/// @param exchanges of views, completed meanwhile
/// @param searches ended meanwhile
/// @param queries answered meanwhile
/// @param blobs fetched whole meanwhile
/// @param heapGrowthKb heap in use after a collection, at the end less after a tenth of the frames
/// @param residentGrowthKb memory of the process, likewise; null where the system does not tell
/// @param seconds that it took
public record FuzzReport(
        boolean ok,
        long seed,
        long frames,
        long sound,
        Map<Integer, Long> soundByTemplate,
        long delivered,
        long dropped,
        Map<DropReason, Long> drops,
        long miscounted,
        long exceptions,
        long exchanges,
        long searches,
        long queries,
        long blobs,
        long heapGrowthKb,
        Long residentGrowthKb,
        double seconds)
        implements Report {

    /// What a JVM itself may come to hold meanwhile: far less than a byte for each of many frames.
    private static final long HEAP_SLACK_KB = 8_192;

    static FuzzReport of(
            final FuzzRun run,
            final long seed,
            final long heapGrowthKb,
            final Long residentGrowthKb,
            final double seconds) {
        final FuzzTally tally = run.tally();
        final Map<DropReason, Long> drops = run.drops();
        final long byReason = drops.values().stream().mapToLong(Long::longValue).sum();
        final boolean addsUp =
                tally.miscounted() == 0
                        && byReason == tally.dropped()
                        && run.received() == tally.frames();
        return new FuzzReport(
                addsUp && tally.exceptions() == 0 && heapGrowthKb <= HEAP_SLACK_KB,
                seed,
                tally.frames(),
                tally.sound(),
                tally.soundByTemplate(),
                tally.frames() - tally.dropped() - tally.exceptions(),
                tally.dropped(),
                drops,
                tally.miscounted(),
                tally.exceptions(),
                run.exchanges(),
                run.searches(),
                run.queries(),
                run.blobs(),
                heapGrowthKb,
                residentGrowthKb,
                seconds);
    }

    @Override
    public String table() {
        final TextTable table =
                new TextTable()
                        .heading(
                                "%,d frames in %.0f s: %s"
                                        .formatted(frames, seconds, ok ? "sound" : "NOT SOUND"))
                        .row("as their sender made them", sound);
        soundByTemplate.forEach((template, count) -> table.row("  template " + template, count));
        table.row("taken by protocols", delivered).row("dropped", dropped);
        drops.forEach((reason, count) -> table.row("  " + reason, count));
        return table.row("counted wrongly", miscounted)
                .row("exceptions", exceptions)
                .row("exchanges completed meanwhile", exchanges)
                .row("searches ended", searches)
                .row("queries answered", queries)
                .row("blobs fetched whole", blobs)
                .row("heap grown by", heapGrowthKb, " KiB")
                .row("process grown by", residentGrowthKb, " KiB")
                .toString();
    }
}
