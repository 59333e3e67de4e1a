package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.GossipState.INT;
import static ai.bytesandbrains.engine.gossip.GossipState.LONG;
import static ai.bytesandbrains.engine.gossip.GossipState.VIEW;
import static ai.bytesandbrains.engine.gossip.GossipState.VIEW_ENTRY_BYTES;
import static ai.bytesandbrains.engine.gossip.GossipState.VIEW_LENGTH;

import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.PeerView;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Flyweight over the view of one node, and over what its [ViewExchange] keeps in the node's slot.
/// Users read it; only the exchange writes. The order of entries means nothing.
///
/// The writing methods move no references and tell nobody: each says what goes with it, so that an
/// exchange can take a view apart and put it together again.
public final class GossipView implements PeerView {

    private static final int HITS = 12;

    private final MemorySegment memory;
    private final PeerTable table;
    private final Reserve reserve;
    private final GossipListener listener;
    private final int capacity;
    private final int stateOffset;
    private final int stateLongs;
    private long base;

    GossipView(GossipState state, PeerTable table, Reserve reserve, GossipListener listener) {
        this.memory = state.memory;
        this.table = table;
        this.reserve = reserve;
        this.listener = listener;
        this.capacity = state.viewSize();
        this.stateOffset = state.exchangeOffset;
        this.stateLongs = state.exchangeLongs;
    }

    void bind(long base) {
        this.base = base;
    }

    @Override
    public int size() {
        return memory.get(INT, base + VIEW_LENGTH);
    }

    @Override
    public long peerAt(int index) {
        Objects.checkIndex(index, size());
        return memory.get(LONG, entry(index));
    }

    @Override
    public int ageAt(int index) {
        Objects.checkIndex(index, size());
        return memory.get(INT, entry(index) + Long.BYTES);
    }

    @Override
    public int hitsAt(int index) {
        Objects.checkIndex(index, size());
        return memory.get(INT, entry(index) + HITS);
    }

    /// {@return where a peer is in the view, or -1}
    ///
    /// @param peer a handle
    public int indexOf(long peer) {
        int size = size();
        for (int i = 0; i < size; i++) {
            if (memory.get(LONG, entry(i)) == peer) {
                return i;
            }
        }
        return -1;
    }

    /// Appends an entry without hits. Its reference goes into the view; [#reportAdded] tells of it.
    ///
    /// @param peer a handle that is not in the view
    /// @param age from 0 to [GossipConfig#MAX_AGE]
    /// @throws IndexOutOfBoundsException if the view is full
    public void add(long peer, int age) {
        int size = Objects.checkIndex(size(), capacity);
        write(size, peer, age, 0);
        memory.set(INT, base + VIEW_LENGTH, size + 1);
    }

    /// Removes an entry; the last one takes its place. Its reference is the caller's now;
    /// [#reportEvicted] tells of it.
    ///
    /// @param index from 0 to `size() - 1`
    public void removeAt(int index) {
        Objects.checkIndex(index, size());
        int last = size() - 1;
        write(index, peerAt(last), ageAt(last), hitsAt(last));
        memory.set(INT, base + VIEW_LENGTH, last);
    }

    /// Removes all entries; their references are the caller's now.
    public void clear() {
        memory.set(INT, base + VIEW_LENGTH, 0);
    }

    /// Changes an age.
    ///
    /// @param index from 0 to `size() - 1`
    /// @param age from 0 to [GossipConfig#MAX_AGE]
    public void setAge(int index, int age) {
        Objects.checkIndex(index, size());
        memory.set(INT, entry(index) + Long.BYTES, age);
    }

    /// Counts one more hit of an entry.
    ///
    /// @param index from 0 to `size() - 1`
    public void addHit(int index) {
        memory.set(INT, entry(index) + HITS, Math.min(hitsAt(index) + 1, GossipConfig.MAX_AGE));
    }

    /// Tells the listener of a peer that came into the view.
    ///
    /// @param peer a live handle
    public void reportAdded(long peer) {
        listener.onPeerAdded(peer);
    }

    /// Tells the listener of a peer that had to make room.
    ///
    /// @param peer a live handle
    public void reportEvicted(long peer) {
        listener.onPeerRemoved(peer, RemovalReason.EVICTED);
    }

    /// Puts a peer, with the caller's reference, into the reserve, or gives the reference back if
    /// it is there already.
    ///
    /// @param peer a live handle
    public void reserve(long peer) {
        reserve.offer(peer);
    }

    /// Gives a reference back.
    ///
    /// @param peer a live handle
    public void release(long peer) {
        table.release(peer);
    }

    /// Reads the exchange's own state; zero in a new node.
    ///
    /// @param index from 0 to the number that [ExchangeFactory#stateLongs] says
    /// @return what was written there last
    public long state(int index) {
        return memory.get(LONG, stateAt(index));
    }

    /// Writes the exchange's own state.
    ///
    /// @param index from 0 to the number that [ExchangeFactory#stateLongs] says
    /// @param value anything
    public void setState(int index, long value) {
        memory.set(LONG, stateAt(index), value);
    }

    void growOlder() {
        int size = size();
        for (int i = 0; i < size; i++) {
            long age = entry(i) + Long.BYTES;
            memory.set(INT, age, Math.min(memory.get(INT, age) + 1, GossipConfig.MAX_AGE));
        }
    }

    private void write(int index, long peer, int age, int hits) {
        memory.set(LONG, entry(index), peer);
        memory.set(INT, entry(index) + Long.BYTES, age);
        memory.set(INT, entry(index) + HITS, hits);
    }

    private long stateAt(int index) {
        return base + stateOffset + (long) Objects.checkIndex(index, stateLongs) * Long.BYTES;
    }

    private long entry(int index) {
        return base + VIEW + (long) index * VIEW_ENTRY_BYTES;
    }
}
