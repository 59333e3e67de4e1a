package ai.bytesandbrains.engine.overlay;

import ai.bytesandbrains.engine.memory.IdMap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// The peers a node knows: a bounded off-heap table from identity to addresses. There is one for
/// each node (a simulation shares one), and protocols see its long handles only.
///
/// Each view, reserve, request in flight and open publication holds one counted reference to the
/// peers in it; the entry of a peer that nobody refers to any more is freed at once, and its handle
/// goes stale: the generation in it no longer fits. So a peer is never forgotten while it is in use
/// and never kept because somebody once named it. Using a stale handle throws.
///
/// The addresses of a known peer do not change because a third party says so: [#acquire] leaves
/// them as they are, unless the peer has lost all of them.
///
/// What messages and views ask for is in one cache line; second addresses, rarely asked for, lie
/// behind all records, so that the records of a large table stay close together. Little-endian:
///
/// ```
///   record, 64 bytes for each slot                 then, 24 bytes for each slot
///   0  identity, 4 words                 32        0  address 1                 24
///  32  references u4, generation u4: one word
///  40  address 0                         24        address: place (see Address), ip 2 words
/// ```
///
/// A free slot holds the number of the next free one where its address was.
///
/// Not thread-safe. Nothing but construction and [#idOf] allocates.
public final class PeerTable implements AutoCloseable {

    /// The handle of no peer.
    public static final long NULL_PEER = 0;

    /// How many addresses a peer may have (one in shared memory and one on the network, say).
    public static final int ADDRESSES_PER_PEER = 2;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final int RECORD_BYTES = 64;
    private static final int STATE = 32;
    private static final int GENERATION_SHIFT = 32;
    private static final int ADDRESS = 40;
    private static final int ADDRESS_BYTES = 24;
    private static final int IP = 8;
    private static final int NEXT_FREE = ADDRESS;
    private static final int NONE = -1;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment records;
    private final IdMap slotOfShortId;
    private final int capacity;
    private final PeerDescriptor scratch = new PeerDescriptor();
    private int firstFree;
    private int neverUsed;
    private int size;

    /// Makes an empty table.
    ///
    /// @param capacity the most peers it can hold, from 1
    /// @throws IllegalArgumentException if the capacity is not positive
    public PeerTable(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity=" + capacity + ": expected at least 1");
        }
        this.capacity = capacity;
        this.records = arena.allocate((long) capacity * (RECORD_BYTES + ADDRESS_BYTES), 64);
        this.slotOfShortId = new IdMap();
        // Grown to its final size now, so that it never grows while messages come in.
        for (int id = 0; id < capacity; id++) {
            slotOfShortId.put(id, 0);
        }
        slotOfShortId.clear();
        this.firstFree = NONE;
    }

    /// {@return how many peers are in it}
    public int size() {
        return size;
    }

    /// {@return the most peers it can hold}
    public int capacity() {
        return capacity;
    }

    /// {@return off-heap bytes of the table}
    public long memoryBytes() {
        return records.byteSize() + slotOfShortId.bytes();
    }

    /// Finds a peer by its short id, without taking a reference.
    ///
    /// @param shortId the first 64 bits of the identity
    /// @return its handle, or [#NULL_PEER]
    public long find(long shortId) {
        int slot = slotOfShortId.get(shortId);
        return slot < 0 ? NULL_PEER : handleOf(slot);
    }

    /// Finds a peer by its whole identity, without taking a reference.
    ///
    /// @param id the identity
    /// @return its handle, or [#NULL_PEER]
    public long find(PeerId id) {
        long peer = find(id.shortId());
        scratch.id(id.word0(), id.word1(), id.word2(), id.word3());
        return peer != NULL_PEER && isPeer(peer, scratch) ? peer : NULL_PEER;
    }

    /// Finds a peer or enters it, and takes one reference. The address in the descriptor is used
    /// only for a peer that is new or has none.
    ///
    /// @param descriptor who and where
    /// @return its handle; [#NULL_PEER] if the descriptor is not valid, the table is full, or
    ///     another identity with the same short id is in it
    public long acquire(PeerDescriptor descriptor) {
        if (!descriptor.isValid()) {
            return NULL_PEER;
        }
        long hint = descriptor.handle();
        if (hint != NULL_PEER && isLive(hint) && isPeer(hint, descriptor)) {
            return acquireKnown(hint, descriptor);
        }
        long known = find(descriptor.shortId());
        if (known != NULL_PEER) {
            return isPeer(known, descriptor) ? acquireKnown(known, descriptor) : NULL_PEER;
        }
        int slot = takeSlot();
        if (slot == NONE) {
            return NULL_PEER;
        }
        long at = recordOf(slot);
        records.set(LONG, at, descriptor.shortId());
        records.set(LONG, at + 8, descriptor.id1());
        records.set(LONG, at + 16, descriptor.id2());
        records.set(LONG, at + 24, descriptor.id3());
        writeAddress(addressAt(at, 0), descriptor);
        removeAddressesFrom(1, at);
        records.set(LONG, at + STATE, records.get(LONG, at + STATE) + 1);
        slotOfShortId.put(descriptor.shortId(), slot);
        size++;
        return handleOf(slot);
    }

    /// Takes one more reference.
    ///
    /// @param peer a live handle
    /// @throws IllegalStateException if it is stale
    public void retain(long peer) {
        records.set(LONG, recordOf(slotOf(peer)) + STATE, liveState(peer) + 1);
    }

    /// Gives one reference back; the last one frees the entry.
    ///
    /// @param peer a live handle
    /// @throws IllegalStateException if it is stale
    public void release(long peer) {
        long state = liveState(peer) - 1;
        if (referencesOf(state) > 0) {
            records.set(LONG, stateAt(slotOf(peer)), state);
        } else {
            free(slotOf(peer), generationOf(state) + 1);
        }
    }

    /// {@return whether the handle names a peer that is in the table now}
    ///
    /// @param peer any long
    public boolean isLive(long peer) {
        int slot = slotOf(peer);
        return slot >= 0 && slot < neverUsed && fits(peer, records.get(LONG, stateAt(slot)));
    }

    /// Reads a peer's record and makes nothing of it, but that it is in the cache for what comes
    /// next. Reading several at once waits about as long as reading one.
    ///
    /// @param peer any handle
    /// @return something to add up, so that no compiler thinks the reading useless
    public long touch(long peer) {
        int slot = slotOf(peer);
        return slot >= 0 && slot < neverUsed ? records.get(LONG, stateAt(slot)) : 0;
    }

    /// {@return the slot in a handle, from 0 to `capacity - 1`; a transport may keep arrays by it}
    ///
    /// @param peer a handle
    public static int slotOf(long peer) {
        return (int) peer;
    }

    /// {@return the first 64 bits of a peer's identity}
    ///
    /// @param peer a live handle
    public long shortIdOf(long peer) {
        return records.get(LONG, live(peer));
    }

    /// {@return a peer's identity; allocates}
    ///
    /// @param peer a live handle
    public PeerId idOf(long peer) {
        describe(peer, scratch);
        return new PeerId(scratch.shortId(), scratch.id1(), scratch.id2(), scratch.id3());
    }

    /// Fills in a peer's identity and first address; the age becomes zero.
    ///
    /// @param peer a live handle
    /// @param into what to fill
    public void describe(long peer, PeerDescriptor into) {
        describe(peer, 0, into);
    }

    /// Fills in a peer's identity, one of its addresses and the handle; the age becomes zero.
    ///
    /// @param peer a live handle
    /// @param address from 0 to [#ADDRESSES_PER_PEER]` - 1`; one that the peer does not have makes
    ///     the descriptor invalid
    /// @param into what to fill
    /// @throws IndexOutOfBoundsException if there can be no such address
    public void describe(long peer, int address, PeerDescriptor into) {
        Objects.checkIndex(address, ADDRESSES_PER_PEER);
        long at = live(peer);
        into.id(
                        records.get(LONG, at),
                        records.get(LONG, at + 8),
                        records.get(LONG, at + 16),
                        records.get(LONG, at + 24))
                .handle(peer);
        long from = addressAt(at, address);
        into.address(
                        records.get(LONG, from + IP),
                        records.get(LONG, from + IP + Long.BYTES),
                        records.get(LONG, from))
                .age(0);
    }

    /// {@return how many addresses a peer has}
    ///
    /// @param peer a live handle
    public int addressCount(long peer) {
        long at = live(peer);
        int count = 0;
        while (count < ADDRESSES_PER_PEER && records.get(LONG, addressAt(at, count)) != 0) {
            count++;
        }
        return count;
    }

    /// {@return whether a peer has an address}
    ///
    /// @param peer a live handle
    /// @param address the address
    public boolean hasAddress(long peer, Address address) {
        return indexOf(peer, address) != NONE;
    }

    /// Replaces all addresses of a peer by the one that it has proven to be its own.
    ///
    /// @param peer a live handle
    /// @param descriptor a valid descriptor of that peer, whose proof holds
    /// @return whether anything has changed
    /// @throws IllegalArgumentException if the descriptor is not valid or another peer's
    public boolean replaceAddress(long peer, PeerDescriptor descriptor) {
        long at = live(peer);
        if (!descriptor.isValid() || !isPeer(peer, descriptor)) {
            throw new IllegalArgumentException(
                    "id0=0x%016x: not a descriptor of peer 0x%016x"
                            .formatted(descriptor.shortId(), peer));
        }
        boolean same =
                hasAddress(
                        addressAt(at, 0),
                        descriptor.ipHigh(),
                        descriptor.ipLow(),
                        descriptor.place());
        if (!same) {
            writeAddress(addressAt(at, 0), descriptor);
            removeAddressesFrom(1, at);
        }
        return !same;
    }

    /// Gives a peer one more address.
    ///
    /// @param peer a live handle
    /// @param address the address
    /// @return false if the peer has it already or has no room
    public boolean addAddress(long peer, Address address) {
        int count = addressCount(peer);
        if (count == ADDRESSES_PER_PEER || indexOf(peer, address) != NONE) {
            return false;
        }
        writeAddress(
                addressAt(live(peer), count), address.ipHigh(), address.ipLow(), address.place());
        return true;
    }

    /// Takes an address from a peer. A peer without an address stays until its references are gone;
    /// it is for the caller to remove it.
    ///
    /// @param peer a live handle
    /// @param address the address
    /// @return false if the peer does not have it
    public boolean removeAddress(long peer, Address address) {
        int index = indexOf(peer, address);
        if (index == NONE) {
            return false;
        }
        long at = live(peer);
        for (int i = index; i < ADDRESSES_PER_PEER - 1; i++) {
            MemorySegment.copy(
                    records, addressAt(at, i + 1), records, addressAt(at, i), ADDRESS_BYTES);
        }
        removeAddressesFrom(ADDRESSES_PER_PEER - 1, at);
        return true;
    }

    /// Frees the memory. Using the table afterwards throws; closing twice is allowed.
    @Override
    public void close() {
        slotOfShortId.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private int indexOf(long peer, Address address) {
        int count = addressCount(peer);
        for (int i = 0; i < count; i++) {
            if (hasAddress(
                    addressAt(live(peer), i), address.ipHigh(), address.ipLow(), address.place())) {
                return i;
            }
        }
        return NONE;
    }

    private boolean hasAddress(long at, long ipHigh, long ipLow, long place) {
        return records.get(LONG, at) == place
                && records.get(LONG, at + IP) == ipHigh
                && records.get(LONG, at + IP + Long.BYTES) == ipLow;
    }

    private void removeAddressesFrom(int index, long record) {
        for (int i = index; i < ADDRESSES_PER_PEER; i++) {
            records.set(LONG, addressAt(record, i), 0);
        }
    }

    private void writeAddress(long at, PeerDescriptor descriptor) {
        writeAddress(at, descriptor.ipHigh(), descriptor.ipLow(), descriptor.place());
    }

    private void writeAddress(long at, long ipHigh, long ipLow, long place) {
        records.set(LONG, at, place);
        records.set(LONG, at + IP, ipHigh);
        records.set(LONG, at + IP + Long.BYTES, ipLow);
    }

    private boolean isPeer(long peer, PeerDescriptor descriptor) {
        long at = recordOf(slotOf(peer));
        return records.get(LONG, at) == descriptor.shortId()
                && records.get(LONG, at + 8) == descriptor.id1()
                && records.get(LONG, at + 16) == descriptor.id2()
                && records.get(LONG, at + 24) == descriptor.id3();
    }

    private long acquireKnown(long peer, PeerDescriptor descriptor) {
        long at = recordOf(slotOf(peer));
        if (records.get(LONG, addressAt(at, 0)) == 0) {
            writeAddress(addressAt(at, 0), descriptor);
        }
        records.set(LONG, at + STATE, records.get(LONG, at + STATE) + 1);
        return peer;
    }

    private int takeSlot() {
        if (firstFree != NONE) {
            int slot = firstFree;
            firstFree = records.get(INT, recordOf(slot) + NEXT_FREE);
            return slot;
        }
        if (neverUsed == capacity) {
            return NONE;
        }
        records.set(LONG, stateAt(neverUsed), stateOf(1));
        return neverUsed++;
    }

    private void free(int slot, int nextGeneration) {
        long at = recordOf(slot);
        slotOfShortId.remove(records.get(LONG, at));
        records.set(LONG, at + STATE, stateOf(nextGeneration == 0 ? 1 : nextGeneration));
        records.set(INT, at + NEXT_FREE, firstFree);
        firstFree = slot;
        size--;
    }

    private long live(long peer) {
        liveState(peer);
        return recordOf(slotOf(peer));
    }

    private long liveState(long peer) {
        int slot = slotOf(peer);
        if (slot >= 0 && slot < neverUsed) {
            long state = records.get(LONG, stateAt(slot));
            if (fits(peer, state)) {
                return state;
            }
        }
        throw new IllegalStateException(
                "peer=0x%016x: a stale handle, or none at all".formatted(peer));
    }

    private long handleOf(int slot) {
        int generation = generationOf(records.get(LONG, stateAt(slot)));
        return (long) generation << GENERATION_SHIFT | slot;
    }

    private static boolean fits(long peer, long state) {
        return generationOf(state) == generationOf(peer) && referencesOf(state) > 0;
    }

    private static long stateOf(int generation) {
        return (long) generation << GENERATION_SHIFT;
    }

    private static int generationOf(long stateOrHandle) {
        return (int) (stateOrHandle >>> GENERATION_SHIFT);
    }

    private static int referencesOf(long state) {
        return (int) state;
    }

    private static long stateAt(int slot) {
        return recordOf(slot) + STATE;
    }

    private static long recordOf(int slot) {
        return (long) slot * RECORD_BYTES;
    }

    private long addressAt(long record, int index) {
        return index == 0
                ? record + ADDRESS
                : (long) capacity * RECORD_BYTES + record / RECORD_BYTES * ADDRESS_BYTES;
    }
}
