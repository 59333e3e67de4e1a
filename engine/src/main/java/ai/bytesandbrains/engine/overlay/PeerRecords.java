package ai.bytesandbrains.engine.overlay;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The memory of a [PeerTable]: who and where the peer of each slot is.
///
/// What messages and views ask for is in one cache line; second addresses, rarely asked for, lie
/// behind all records, so that the records of a large table stay close together. Little-endian:
///
/// ```
///   record, 64 bytes for each slot                 then, 24 bytes for each slot
///   0  identity, 4 words                 32        0  address 1                 24
///  32  next free slot, of a free one      8        address: place (see Address), ip 2 words
///  40  address 0                         24
/// ```
///
/// An address whose place is zero is none.
///
/// Off-heap, owned by the table. Slots are the table's business: those from 0 to the capacity less
/// one exist. Words are read by the layout that checks no alignment, of which there is no doubt:
/// what an access is made of fills up what the compiler is ready to inline into the loops that go
/// through a message.
final class PeerRecords implements AutoCloseable {

    static final int NONE = -1;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int RECORD_BYTES = 64;
    private static final int ADDRESS_BYTES = 24;
    private static final int MOST_ADDRESSES = PeerTable.ADDRESSES_PER_PEER;

    /// The words of a record.
    private static final int ID0 = 0;
    private static final int ID1 = 1;
    private static final int ID2 = 2;
    private static final int ID3 = 3;
    private static final int NEXT_FREE = 4;
    private static final int ADDRESS = 5;

    /// The words of an address.
    private static final int PLACE = 0;

    private static final int IP_HIGH = 1;
    private static final int IP_LOW = 2;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final long furtherAddresses;

    PeerRecords(int capacity) {
        furtherAddresses = (long) capacity * RECORD_BYTES;
        memory = arena.allocate(furtherAddresses + (long) capacity * ADDRESS_BYTES, RECORD_BYTES);
    }

    long bytes() {
        return memory.byteSize();
    }

    /// Whether a slot is that of the peer described. All words are compared: whoever asks has found
    /// the slot by the first one, so they hardly ever differ.
    boolean isPeer(int slot, PeerDescriptor descriptor) {
        long at = recordOf(slot);
        return ((word(at, ID0) ^ descriptor.shortId())
                        | (word(at, ID1) ^ descriptor.id1())
                        | (word(at, ID2) ^ descriptor.id2())
                        | (word(at, ID3) ^ descriptor.id3()))
                == 0;
    }

    boolean hasNoAddress(int slot) {
        return word(addressOf(slot, 0), PLACE) == 0;
    }

    /// Makes a slot that of a peer with one address.
    void write(int slot, PeerDescriptor descriptor) {
        long at = recordOf(slot);
        setWord(at, ID0, descriptor.shortId());
        setWord(at, ID1, descriptor.id1());
        setWord(at, ID2, descriptor.id2());
        setWord(at, ID3, descriptor.id3());
        setAddress(slot, descriptor);
        removeAddressesFrom(1, slot);
    }

    /// Fills in identity and one address.
    void describe(int slot, int address, PeerDescriptor into) {
        long at = recordOf(slot);
        into.id(word(at, ID0), word(at, ID1), word(at, ID2), word(at, ID3));
        long from = addressOf(slot, address);
        into.address(word(from, IP_HIGH), word(from, IP_LOW), word(from, PLACE));
    }

    long shortId(int slot) {
        return word(recordOf(slot), ID0);
    }

    long nextFree(int slot) {
        return word(recordOf(slot), NEXT_FREE);
    }

    void setNextFree(int slot, long next) {
        setWord(recordOf(slot), NEXT_FREE, next);
    }

    // ---- addresses

    int addressCount(int slot) {
        int count = 0;
        while (count < MOST_ADDRESSES && word(addressOf(slot, count), PLACE) != 0) {
            count++;
        }
        return count;
    }

    /// Where among its addresses a peer has this one, or [#NONE].
    int indexOf(int slot, Address address) {
        int index = addressCount(slot) - 1;
        while (index >= 0
                && !isAt(
                        addressOf(slot, index),
                        address.ipHigh(),
                        address.ipLow(),
                        address.place())) {
            index--;
        }
        return index;
    }

    /// Sets the first address.
    void setAddress(int slot, PeerDescriptor to) {
        writeAddress(addressOf(slot, 0), to.ipHigh(), to.ipLow(), to.place());
    }

    /// Makes an address the only one; false if it was the first before.
    boolean replaceAddresses(int slot, PeerDescriptor by) {
        if (isAt(addressOf(slot, 0), by.ipHigh(), by.ipLow(), by.place())) {
            return false;
        }
        setAddress(slot, by);
        removeAddressesFrom(1, slot);
        return true;
    }

    /// Appends an address; false if it is there already or there is no room.
    boolean addAddress(int slot, Address address) {
        int count = addressCount(slot);
        if (count == MOST_ADDRESSES || indexOf(slot, address) != NONE) {
            return false;
        }
        writeAddress(addressOf(slot, count), address.ipHigh(), address.ipLow(), address.place());
        return true;
    }

    /// Removes an address; those behind it move up. False if it is not there.
    boolean removeAddress(int slot, Address address) {
        int index = indexOf(slot, address);
        if (index == NONE) {
            return false;
        }
        for (int i = index; i < MOST_ADDRESSES - 1; i++) {
            long next = addressOf(slot, i + 1);
            writeAddress(
                    addressOf(slot, i), word(next, IP_HIGH), word(next, IP_LOW), word(next, PLACE));
        }
        removeAddressesFrom(MOST_ADDRESSES - 1, slot);
        return true;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private void removeAddressesFrom(int index, int slot) {
        for (int i = index; i < MOST_ADDRESSES; i++) {
            setWord(addressOf(slot, i), PLACE, 0);
        }
    }

    private boolean isAt(long address, long ipHigh, long ipLow, long place) {
        return word(address, PLACE) == place
                && word(address, IP_HIGH) == ipHigh
                && word(address, IP_LOW) == ipLow;
    }

    private void writeAddress(long address, long ipHigh, long ipLow, long place) {
        setWord(address, PLACE, place);
        setWord(address, IP_HIGH, ipHigh);
        setWord(address, IP_LOW, ipLow);
    }

    private long word(long at, int index) {
        return memory.get(LONG, at + (long) index * Long.BYTES);
    }

    private void setWord(long at, int index, long value) {
        memory.set(LONG, at + (long) index * Long.BYTES, value);
    }

    private static long recordOf(int slot) {
        return (long) slot * RECORD_BYTES;
    }

    private long addressOf(int slot, int index) {
        return index == 0
                ? recordOf(slot) + ADDRESS * Long.BYTES
                : furtherAddresses + (long) slot * ADDRESS_BYTES;
    }
}
