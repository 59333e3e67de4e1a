package ai.bytesandbrains.engine.overlay;

import java.util.Objects;

/// The peers a node knows: a bounded table from identity to addresses, which lie off the heap.
/// There is one for each node (a simulation shares one), and protocols see its long handles only.
///
/// Each view, reserve, request in flight and open publication holds one counted reference to the
/// peers in it; the entry of a peer that nobody refers to any more is freed at once, and its handle
/// goes stale: the generation in it no longer fits. So a peer is never forgotten while it is in use
/// and never kept because somebody once named it. Using a stale handle throws.
///
/// The addresses of a known peer do not change because a third party says so: [#acquire] leaves
/// them as they are, unless the peer has lost all of them.
///
/// Not thread-safe. Nothing but construction and [#idOf] allocates.
public final class PeerTable implements AutoCloseable {

    /// The handle of no peer.
    public static final long NULL_PEER = 0;

    /// How many addresses a peer may have (one in shared memory and one on the network, say).
    public static final int ADDRESSES_PER_PEER = 2;

    /// The largest capacity of a table.
    public static final int MAX_CAPACITY = 1 << 28;

    private static final int GENERATION_SHIFT = 32;
    private static final long GENERATION_MASK = -1L << GENERATION_SHIFT;
    private static final int NONE = -1;

    private final PeerRecords records;

    /// By slot, `{ generation 4, references 4 }`, the one in the upper half. On the heap like the
    /// index: both are read and written for each peer of each message, as places in an array are at
    /// the least cost, and have no pointers for a collector to follow.
    private final long[] states;

    private final PeerIndex index;
    private final int capacity;
    private final PeerDescriptor scratch = new PeerDescriptor();
    private int firstFree;
    private int neverUsed;
    private int size;
    private boolean closed;

    /// Makes an empty table.
    ///
    /// @param capacity the most peers it can hold, from 1 to [#MAX_CAPACITY]
    /// @throws IllegalArgumentException if the capacity is out of range
    public PeerTable(int capacity) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity=%d: expected 1 to %d".formatted(capacity, MAX_CAPACITY));
        }
        this.capacity = capacity;
        // First what a failure leaves to the collector.
        this.states = new long[capacity];
        long[] entries = PeerIndex.entriesFor(capacity);
        this.records = new PeerRecords(capacity);
        this.index = new PeerIndex(entries, records);
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

    /// {@return bytes of the table: of its records off the heap, of its index and states on it}
    public long memoryBytes() {
        return records.bytes() + index.bytes() + (long) states.length * Long.BYTES;
    }

    /// Finds a peer by its short id, without taking a reference.
    ///
    /// @param shortId the first 64 bits of the identity
    /// @return its handle, or [#NULL_PEER]
    public long find(long shortId) {
        requireOpen();
        int slot = index.slotAt(index.find(shortId));
        return slot == PeerIndex.ABSENT ? NULL_PEER : handleOf(states[slot], slot);
    }

    /// Finds a peer by its whole identity, without taking a reference.
    ///
    /// @param id the identity
    /// @return its handle, or [#NULL_PEER]
    public long find(PeerId id) {
        long peer = find(id.shortId());
        scratch.id(id.word0(), id.word1(), id.word2(), id.word3());
        return peer != NULL_PEER && records.isPeer(slotOf(peer), scratch) ? peer : NULL_PEER;
    }

    /// Finds a peer or enters it, and takes one reference. The address in the descriptor is used
    /// only for a peer that is new or has none.
    ///
    /// @param descriptor who and where
    /// @return its handle; [#NULL_PEER] if the descriptor is not valid, the table is full, or
    ///     another identity with the same short id is in it
    public long acquire(PeerDescriptor descriptor) {
        requireOpen();
        if (!descriptor.isValid()) {
            return NULL_PEER;
        }
        long hint = descriptor.handle();
        if (hint != NULL_PEER && isLive(hint)) {
            long known = acquireKnown(slotOf(hint), descriptor);
            if (known != NULL_PEER) {
                return known;
            }
        }
        int position = index.find(descriptor.shortId());
        int slot = index.slotAt(position);
        return slot == PeerIndex.ABSENT
                ? enter(position, descriptor)
                : acquireKnown(slot, descriptor);
    }

    /// Takes one more reference.
    ///
    /// @param peer a live handle
    /// @throws IllegalStateException if it is stale
    public void retain(long peer) {
        states[slotOf(peer)] = liveState(peer) + 1;
    }

    /// Gives one reference back; the last one frees the entry.
    ///
    /// @param peer a live handle
    /// @throws IllegalStateException if it is stale
    public void release(long peer) {
        long state = liveState(peer) - 1;
        if (referencesOf(state) > 0) {
            states[slotOf(peer)] = state;
        } else {
            free(slotOf(peer), generationOf(state) + 1);
        }
    }

    /// {@return whether the handle names a peer that is in the table now}
    ///
    /// @param peer any long
    public boolean isLive(long peer) {
        int slot = slotOf(peer);
        return slot >= 0 && slot < neverUsed && fits(peer, states[slot]);
    }

    /// Reads a peer's record and makes nothing of it, but that it is in the cache for what comes
    /// next. Reading several at once waits about as long as reading one.
    ///
    /// @param peer any handle
    /// @return something to add up, so that no compiler thinks the reading useless
    public long touch(long peer) {
        int slot = slotOf(peer);
        return slot >= 0 && slot < neverUsed ? states[slot] + records.shortId(slot) : 0;
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
        return records.shortId(live(peer));
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
        records.describe(live(peer), address, into);
        into.handle(peer).age(0);
    }

    /// {@return how many addresses a peer has}
    ///
    /// @param peer a live handle
    public int addressCount(long peer) {
        return records.addressCount(live(peer));
    }

    /// {@return whether a peer has an address}
    ///
    /// @param peer a live handle
    /// @param address the address
    public boolean hasAddress(long peer, Address address) {
        return records.indexOf(live(peer), address) != PeerRecords.NONE;
    }

    /// Replaces all addresses of a peer by the one that it has proven to be its own.
    ///
    /// @param peer a live handle
    /// @param descriptor a valid descriptor of that peer, whose proof holds
    /// @return whether anything has changed
    /// @throws IllegalArgumentException if the descriptor is not valid or another peer's
    public boolean replaceAddress(long peer, PeerDescriptor descriptor) {
        int slot = live(peer);
        if (!descriptor.isValid() || !records.isPeer(slot, descriptor)) {
            throw new IllegalArgumentException(
                    "id0=0x%016x: not a descriptor of peer 0x%016x"
                            .formatted(descriptor.shortId(), peer));
        }
        return records.replaceAddresses(slot, descriptor);
    }

    /// Gives a peer one more address.
    ///
    /// @param peer a live handle
    /// @param address the address
    /// @return false if the peer has it already or has no room
    public boolean addAddress(long peer, Address address) {
        return records.addAddress(live(peer), address);
    }

    /// Takes an address from a peer. A peer without an address stays until its references are gone;
    /// it is for the caller to remove it.
    ///
    /// @param peer a live handle
    /// @param address the address
    /// @return false if the peer does not have it
    public boolean removeAddress(long peer, Address address) {
        return records.removeAddress(live(peer), address);
    }

    /// Frees the memory. Using the table afterwards throws; closing twice is allowed.
    @Override
    public void close() {
        // No handle is live any more.
        neverUsed = 0;
        closed = true;
        records.close();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the peer table is closed");
        }
    }

    /// Takes a reference to the peer of a slot, if that is the one described.
    private long acquireKnown(int slot, PeerDescriptor descriptor) {
        if (!records.isPeer(slot, descriptor)) {
            return NULL_PEER;
        }
        long state = states[slot];
        states[slot] = state + 1;
        if (records.hasNoAddress(slot)) {
            records.setAddress(slot, descriptor);
        }
        return handleOf(state, slot);
    }

    /// Where the next newcomer goes; none in a full table.
    private int nextSlot() {
        return firstFree != NONE ? firstFree : neverUsed < capacity ? neverUsed : NONE;
    }

    /// Enters a newcomer, unless the table is full.
    private long enter(int position, PeerDescriptor descriptor) {
        int slot = nextSlot();
        if (slot == NONE) {
            return NULL_PEER;
        }
        long state = stateOf(1);
        if (slot == neverUsed) {
            neverUsed++;
        } else {
            state = states[slot];
            firstFree = (int) records.nextFree(slot);
        }
        records.write(slot, descriptor);
        states[slot] = state + 1;
        index.put(position, descriptor.shortId(), slot);
        size++;
        return handleOf(state, slot);
    }

    private void free(int slot, int nextGeneration) {
        index.remove(records.shortId(slot));
        states[slot] = stateOf(nextGeneration == 0 ? 1 : nextGeneration);
        records.setNextFree(slot, firstFree);
        firstFree = slot;
        size--;
    }

    /// The slot of a live handle.
    private int live(long peer) {
        liveState(peer);
        return slotOf(peer);
    }

    private long liveState(long peer) {
        int slot = slotOf(peer);
        if (slot >= 0 && slot < neverUsed) {
            long state = states[slot];
            if (fits(peer, state)) {
                return state;
            }
        }
        throw new IllegalStateException(
                "peer=0x%016x: a stale handle, or none at all".formatted(peer));
    }

    private static long handleOf(long state, int slot) {
        return (state & GENERATION_MASK) | slot;
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
}
