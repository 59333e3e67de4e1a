package ai.bytesandbrains.bench.fuzz;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// What has become of the frames of a run.
public final class FuzzTally {

    /// All ids of the schema's messages are below.
    private static final int TEMPLATES = 200;

    private long frames;
    private final long[] sound = new long[TEMPLATES];
    private long dropped;
    private long miscounted;
    private long exceptions;
    private Throwable first;

    FuzzTally() {}

    void countSound(final int template) {
        sound[template]++;
    }

    /// A frame has been handed over.
    ///
    /// @param drops by how much the node's count of dropped frames has grown meanwhile: one or
    ///     nothing
    void counted(final long drops) {
        frames++;
        dropped += drops;
        miscounted += drops < 0 || drops > 1 ? 1 : 0;
    }

    void failed(final Throwable thrown) {
        exceptions++;
        first = first == null ? thrown : first;
    }

    /// {@return all frames that were handed over}
    public long frames() {
        return frames;
    }

    /// {@return those as their sender has made them}
    public long sound() {
        return Arrays.stream(sound).sum();
    }

    /// {@return the same by the kind of the frame, a template of the schema}
    public Map<Integer, Long> soundByTemplate() {
        final Map<Integer, Long> counts = new TreeMap<>();
        for (int template = 0; template < TEMPLATES; template++) {
            if (sound[template] > 0) {
                counts.put(template, sound[template]);
            }
        }
        return counts;
    }

    /// {@return those that were dropped}
    public long dropped() {
        return dropped;
    }

    /// {@return those that were counted twice}
    public long miscounted() {
        return miscounted;
    }

    /// {@return those that made a node throw}
    public long exceptions() {
        return exceptions;
    }

    /// {@return the first of the exceptions; null if there was none}
    public Throwable first() {
        return first;
    }
}
