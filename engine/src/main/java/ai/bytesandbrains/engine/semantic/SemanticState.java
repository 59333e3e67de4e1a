package ai.bytesandbrains.engine.semantic;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The memory of the protocol: one fixed-size slot for each node, off-heap. A real node has a state
/// of one slot, a simulation one of many.
///
/// A slot, with P = profiles, v = near + pruned peers, r = profiles seen, a row being the int8 form
/// of a profile; lists as in `EntryList`:
///
/// ```
///   0  own handle 8
///   8  time of the next exchange 8
///  16  budget window start 8
///  24  exchanges answered in window 4, finds answered in window 4
///  32  cycles 4, cursor of the profiles 4
///  40  cursor of the seen 4, cursor of the failed 4
///  48  exchange owed 4, cursor of the introduced 4
///  56  request: id 8, partner 8, start 8, profile 4, newcomers since the last exchange 4
///  88  1 + the cycle in which a profile was last forgotten for want of room 4, greatest age 4
///  96  when the cycle began 8
/// 104  in this cycle: profiles that came 4, news among them 4, peers named 4
/// 116  means of them: share of what was known 4, peers named 4
/// 124  exchanges hurried to in the first cycle 4
///      introduced  8 x { handle 8 }
///      profiles    P x { version 4, 1 + weight 4 (0: none), row }
///      views       P x list of v
///      seen        list of r
///      index       of what was seen: words of 4
///      failed      32 x { short id 8, cycle 4, failures in a row 4 }
/// ```
///
/// Owned by whoever made it, who closes it; not thread-safe.
public final class SemanticState implements AutoCloseable {

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    static final int SELF = 0;
    static final int NEXT_EXCHANGE = 8;
    static final int WINDOW_START = 16;
    static final int WINDOW_EXCHANGES = 24;
    static final int WINDOW_FINDS = 28;
    static final int CYCLES = 32;
    static final int PROFILE_CURSOR = 36;
    static final int SEEN_CURSOR = 40;
    static final int FAILED_CURSOR = 44;
    static final int OWED = 48;
    static final int INTRODUCED_CURSOR = 52;
    static final int REQUEST_ID = 56;
    static final int REQUEST_PARTNER = 64;
    static final int REQUEST_START = 72;
    static final int REQUEST_PROFILE = 80;
    static final int NEWCOMERS = 84;
    static final int FORGOTTEN = 88;
    static final int MAX_AGE = 92;
    static final int CYCLE_START = 96;
    static final int CAME = 104;
    static final int NEWS = 108;
    static final int NAMED_NOW = 112;
    static final int FAMILIAR = 116;
    static final int NAMED = 120;
    static final int HURRIED = 124;
    static final int INTRODUCED = 128;
    static final int MAX_INTRODUCED = 8;
    static final int MAX_FAILED = 32;
    static final int PROFILE_HEADER_BYTES = 8;

    final MemorySegment memory;
    final int rowBytes;
    final int viewCapacity;
    final int profileBytes;
    final int profilesOffset;
    final long viewBytes;
    final long viewsOffset;
    final long seenOffset;
    final long seenIndexOffset;
    final long failedOffset;

    private final Arena arena = Arena.ofShared();
    private final SemanticConfig config;
    private final long slotBytes;
    private final int slots;

    /// Allocates zeroed slots.
    ///
    /// @param config decides the size of a slot
    /// @param slots how many, from 1
    /// @throws IllegalArgumentException if `slots` is not positive
    public SemanticState(SemanticConfig config, int slots) {
        if (slots < 1) {
            throw new IllegalArgumentException("slots=" + slots + ": expected at least 1");
        }
        this.config = config;
        this.slots = slots;
        rowBytes = ProfileSpace.rowBytes(config.metric(), config.dimensions());
        viewCapacity = config.nearSize() + config.prunedSize();
        profileBytes = PROFILE_HEADER_BYTES + rowBytes;
        profilesOffset = INTRODUCED + MAX_INTRODUCED * Long.BYTES;
        viewBytes = EntryList.bytes(viewCapacity, rowBytes);
        viewsOffset = profilesOffset + (long) config.profiles() * profileBytes;
        seenOffset = viewsOffset + config.profiles() * viewBytes;
        seenIndexOffset = seenOffset + EntryList.bytes(config.seenSize(), rowBytes);
        failedOffset =
                seenIndexOffset + (long) SeenProfiles.words(config.seenSize()) * Integer.BYTES;
        slotBytes = failedOffset + MAX_FAILED * 2L * Long.BYTES;
        memory = arena.allocate(Math.multiplyExact(slots, slotBytes), 64);
    }

    /// {@return how many bytes the state of one node takes}
    public long bytesPerNode() {
        return slotBytes;
    }

    /// {@return how many slots there are}
    public int slots() {
        return slots;
    }

    /// {@return the parameters it was made for}
    public SemanticConfig config() {
        return config;
    }

    void clear(int slot) {
        memory.asSlice(baseOf(slot), slotBytes).fill((byte) 0);
    }

    long baseOf(int slot) {
        return slot * slotBytes;
    }

    /// Frees the memory. Protocols over it throw afterwards; closing twice is allowed.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
