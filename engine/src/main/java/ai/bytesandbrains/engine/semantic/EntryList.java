package ai.bytesandbrains.engine.semantic;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// Flyweight over a bounded list of profiles, in a node's slot or in scratch memory:
///
/// ```
///   0  length 4, unused 4
///   8  entries x { handle 8, version 4, age 4, distance f4, profile 2, flags 1, weight 1, row }
/// ```
///
/// The distance is that to whatever the list belongs to. Moves no references.
final class EntryList {

    /// The entry is among those that lie in different directions.
    static final int PRUNED = 1;

    /// The entry comes from the peer itself.
    static final int DIRECT = 2;

    /// The peer itself has said so once, to this node.
    static final int MET = 4;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private static final int ENTRIES = 8;
    private static final int VERSION = 8;
    private static final int AGE = 12;
    private static final int DISTANCE = 16;
    private static final int PROFILE = 20;
    private static final int FLAGS = 22;
    private static final int WEIGHT = 23;
    private static final int ROW = 24;

    private final MemorySegment memory;
    private final int capacity;
    private final int entryBytes;
    private long base;

    EntryList(MemorySegment memory, int capacity, int rowBytes) {
        this.memory = memory;
        this.capacity = capacity;
        this.entryBytes = ROW + rowBytes;
    }

    static long bytes(int capacity, int rowBytes) {
        return ENTRIES + (long) capacity * (ROW + rowBytes);
    }

    EntryList bind(long base) {
        this.base = base;
        return this;
    }

    int size() {
        return memory.get(INT, base);
    }

    int capacity() {
        return capacity;
    }

    boolean isFull() {
        return size() == capacity;
    }

    void clear() {
        memory.set(INT, base, 0);
    }

    MemorySegment memory() {
        return memory;
    }

    /// Where the row of an entry is in [#memory].
    long rowAt(int index) {
        return entry(index) + ROW;
    }

    long peerAt(int index) {
        return memory.get(LONG, entry(index));
    }

    int versionAt(int index) {
        return memory.get(INT, entry(index) + VERSION);
    }

    int ageAt(int index) {
        return memory.get(INT, entry(index) + AGE);
    }

    void setAge(int index, int age) {
        memory.set(INT, entry(index) + AGE, age);
    }

    float distanceAt(int index) {
        return memory.get(FLOAT, entry(index) + DISTANCE);
    }

    void setDistance(int index, float distance) {
        memory.set(FLOAT, entry(index) + DISTANCE, distance);
    }

    int profileAt(int index) {
        return memory.get(SHORT, entry(index) + PROFILE);
    }

    boolean is(int flag, int index) {
        return (flagsAt(index) & flag) != 0;
    }

    private int flagsAt(int index) {
        return memory.get(BYTE, entry(index) + FLAGS);
    }

    void setFlags(int index, int flags) {
        memory.set(BYTE, entry(index) + FLAGS, (byte) flags);
    }

    int weightAt(int index) {
        return memory.get(BYTE, entry(index) + WEIGHT) & 0xff;
    }

    /// The first entry of a peer, or -1.
    int indexOf(long peer) {
        int size = size();
        for (int i = 0; i < size; i++) {
            if (memory.get(LONG, base + ENTRIES + (long) i * entryBytes) == peer) {
                return i;
            }
        }
        return -1;
    }

    int indexOf(long peer, int profile) {
        int size = size();
        for (int i = 0; i < size; i++) {
            if (peerAt(i) == peer && profileAt(i) == profile) {
                return i;
            }
        }
        return -1;
    }

    /// Appends an entry whose row the caller fills in.
    int add(long peer, int profile, int version, int age, int weight) {
        int index = Objects.checkIndex(size(), capacity);
        memory.set(INT, base, index + 1);
        write(index, peer, profile, version, age, weight);
        return index;
    }

    void write(int index, long peer, int profile, int version, int age, int weight) {
        long at = entry(index);
        memory.set(LONG, at, peer);
        memory.set(INT, at + VERSION, version);
        memory.set(INT, at + AGE, age);
        memory.set(FLOAT, at + DISTANCE, 0);
        memory.set(SHORT, at + PROFILE, (short) profile);
        memory.set(BYTE, at + FLAGS, (byte) 0);
        memory.set(BYTE, at + WEIGHT, (byte) weight);
    }

    /// Replaces what is known of a profile.
    void update(int index, EntryList from, int other) {
        long at = entry(index);
        memory.set(INT, at + VERSION, from.versionAt(other));
        memory.set(INT, at + AGE, from.ageAt(other));
        memory.set(BYTE, at + WEIGHT, (byte) from.weightAt(other));
        setFlags(index, flagsAt(index) | (from.flagsAt(other) & MET));
        MemorySegment.copy(from.memory, from.rowAt(other), memory, at + ROW, entryBytes - ROW);
    }

    /// Learns what another list knows of the same profile: all of it if that is newer or comes from
    /// the peer itself, and who has heard of the peer more lately is believed about its age.
    ///
    /// @return whether the row may be another one now
    boolean learn(int index, EntryList from, int other) {
        int newer = from.versionAt(other) - versionAt(index);
        if (newer > 0 || from.is(DIRECT, other)) {
            update(index, from, other);
            return true;
        }
        if (newer == 0) {
            setAge(index, Math.min(ageAt(index), from.ageAt(other)));
        }
        return false;
    }

    /// Appends a copy of an entry of any list of rows as long.
    int addCopy(EntryList from, int index) {
        int at = Objects.checkIndex(size(), capacity);
        memory.set(INT, base, at + 1);
        copyOver(at, from, index);
        return at;
    }

    /// Puts a copy of an entry of any list of rows as long in the place of another one.
    void copyOver(int at, EntryList from, int index) {
        MemorySegment.copy(from.memory, from.entry(index), memory, entry(at), entryBytes);
    }

    /// Removes an entry; the last one takes its place.
    void removeSwapping(int index) {
        int last = size() - 1;
        copyOver(Objects.checkIndex(index, last + 1), this, last);
        memory.set(INT, base, last);
    }

    /// Removes an entry; the order of the others stays.
    void removeAt(int index) {
        int size = size();
        Objects.checkIndex(index, size);
        long at = entry(index);
        long behind = (long) (size - index - 1) * entryBytes;
        MemorySegment.copy(memory, at + entryBytes, memory, at, behind);
        memory.set(INT, base, size - 1);
    }

    private long entry(int index) {
        return base + ENTRIES + (long) index * entryBytes;
    }
}
