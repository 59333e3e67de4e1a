package ai.bytesandbrains.engine.overlay;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The memory of a [PeerTable]: who and where the peer of each slot is, and a word of the table's
/// own.
///
/// What messages and views ask for is in one cache line; second addresses, rarely asked for, lie
/// behind all records, so that the records of a large table stay close together. Little-endian:
///
/// ```
///   record, 64 bytes for each slot                 then, 24 bytes for each slot
///   0  identity, 4 words                 32        0  address 1                 24
///  32  state, the table's own             8        address: place (see Address), ip 2 words
///  40  address 0                         24
/// ```
///
/// A free slot holds the number of the next free one where its address was. An address whose place
/// is zero is none.
///
/// A record is read and written as a whole: each access to a segment is checked, and eight of them,
/// compiled into the loops that go through a message, take longer than one copy.
///
/// Off-heap, owned by the table. Slots are the table's business: those from 0 to the capacity less
/// one exist.
final class PeerRecords implements AutoCloseable {

    static final int NONE = -1;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final int RECORD_BYTES = 64;
    private static final int ADDRESS_BYTES = 24;
    private static final int MOST_ADDRESSES = PeerTable.ADDRESSES_PER_PEER;

    /// The words of a record.
    private static final int WORDS = 8;

    private static final int ID0 = 0;
    private static final int ID1 = 1;
    private static final int ID2 = 2;
    private static final int ID3 = 3;
    private static final int STATE = 4;
    private static final int ADDRESS = 5;

    /// The words of an address.
    private static final int PLACE = 0;

    private static final int IP_HIGH = 1;
    private static final int IP_LOW = 2;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final long furtherAddresses;

    /// The record that was read last.
    private final long[] record = new long[WORDS];

    PeerRecords(int capacity) {
        furtherAddresses = (long) capacity * RECORD_BYTES;
        memory = arena.allocate(furtherAddresses + (long) capacity * ADDRESS_BYTES, 64);
    }

    long bytes() {
        return memory.byteSize();
    }

    /// Reads a record, for the methods that do not say which.
    PeerRecords read(int slot) {
        MemorySegment.copy(memory, LONG, recordOf(slot), record, 0, WORDS);
        return this;
    }

    boolean isPeer(PeerDescriptor descriptor) {
        return record[ID0] == descriptor.shortId()
                && record[ID1] == descriptor.id1()
                && record[ID2] == descriptor.id2()
                && record[ID3] == descriptor.id3();
    }

    long state() {
        return record[STATE];
    }

    boolean hasNoAddress() {
        return record[ADDRESS + PLACE] == 0;
    }

    /// Makes a slot that of a peer with one address.
    void write(int slot, PeerDescriptor descriptor, long state) {
        record[ID0] = descriptor.shortId();
        record[ID1] = descriptor.id1();
        record[ID2] = descriptor.id2();
        record[ID3] = descriptor.id3();
        record[STATE] = state;
        record[ADDRESS + PLACE] = descriptor.place();
        record[ADDRESS + IP_HIGH] = descriptor.ipHigh();
        record[ADDRESS + IP_LOW] = descriptor.ipLow();
        MemorySegment.copy(record, 0, memory, LONG, recordOf(slot), WORDS);
        removeAddressesFrom(1, slot);
    }

    /// Fills in identity and one address.
    void describe(int slot, int address, PeerDescriptor into) {
        read(slot);
        into.id(record[ID0], record[ID1], record[ID2], record[ID3]);
        if (address == 0) {
            into.address(
                    record[ADDRESS + IP_HIGH], record[ADDRESS + IP_LOW], record[ADDRESS + PLACE]);
        } else {
            long from = addressOf(slot, address);
            into.address(word(from, IP_HIGH), word(from, IP_LOW), word(from, PLACE));
        }
    }

    long shortId(int slot) {
        return word(recordOf(slot), ID0);
    }

    long state(int slot) {
        return word(recordOf(slot), STATE);
    }

    void setState(int slot, long state) {
        setWord(recordOf(slot), STATE, state);
    }

    long nextFree(int slot) {
        return word(recordOf(slot), ADDRESS);
    }

    void setNextFree(int slot, long next) {
        setWord(recordOf(slot), ADDRESS, next);
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
            MemorySegment.copy(
                    memory, addressOf(slot, i + 1), memory, addressOf(slot, i), ADDRESS_BYTES);
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
