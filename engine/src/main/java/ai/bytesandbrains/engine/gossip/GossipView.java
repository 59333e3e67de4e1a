package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.GossipState.INT;
import static ai.bytesandbrains.engine.gossip.GossipState.LONG;
import static ai.bytesandbrains.engine.gossip.GossipState.VIEW;
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
///
/// What is read again and again, peers and ages, is copied out of the slot, and changes are written
/// through: a slot's memory is never behind.
public final class GossipView implements PeerView {

    private static final long NO_BASE = -1;

    private final GossipState state;
    private final MemorySegment memory;
    private final PeerTable table;
    private final Reserve reserve;
    private final GossipListener listener;
    private final int agesOffset;
    private final int hitsOffset;
    private final int stateOffset;
    private final int stateLongs;
    private final long[] peers;
    private final int[] ages;
    private final int[] noHits;
    private final long[] one = new long[1];
    private long base = NO_BASE;
    private int size;

    GossipView(GossipState state, PeerTable table, Reserve reserve, GossipListener listener) {
        this.state = state;
        this.memory = state.memory;
        this.table = table;
        this.reserve = reserve;
        this.listener = listener;
        this.agesOffset = state.agesOffset;
        this.hitsOffset = state.hitsOffset;
        this.stateOffset = state.exchangeOffset;
        this.stateLongs = state.exchangeLongs;
        peers = new long[state.viewSize()];
        ages = new int[state.viewSize()];
        noHits = new int[state.viewSize()];
    }

    void bind(long base) {
        if (this.base != base) {
            this.base = base;
            copy();
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long peerAt(int index) {
        return peers[Objects.checkIndex(index, size())];
    }

    @Override
    public int ageAt(int index) {
        return ages[Objects.checkIndex(index, size())];
    }

    @Override
    public int hitsAt(int index) {
        Objects.checkIndex(index, size());
        return memory.get(INT, hits(index));
    }

    /// Copies all entries.
    ///
    /// @param intoPeers takes the handles; at least as long as the view
    /// @param intoAges takes the ages; at least as long as the view
    /// @return how many there are
    public int copyTo(long[] intoPeers, int[] intoAges) {
        int count = size();
        System.arraycopy(peers, 0, intoPeers, 0, count);
        System.arraycopy(ages, 0, intoAges, 0, count);
        return count;
    }

    /// Replaces all entries by others without hits, which is quicker than one by one. The
    /// references of those before are the caller's now, those of the others go into the view.
    ///
    /// @param fromPeers handles, each once
    /// @param fromAges their ages, from 0 to [GossipConfig#MAX_AGE]
    /// @param count how many
    /// @throws IndexOutOfBoundsException if they are more than a view holds
    public void replace(long[] fromPeers, int[] fromAges, int count) {
        System.arraycopy(fromPeers, 0, peers, 0, count);
        System.arraycopy(fromAges, 0, ages, 0, count);
        MemorySegment.copy(peers, 0, memory, LONG, base + VIEW, count);
        MemorySegment.copy(ages, 0, memory, INT, base + agesOffset, count);
        if (state.hasHits) {
            MemorySegment.copy(noHits, 0, memory, INT, base + hitsOffset, count);
        }
        setSize(count);
    }

    /// {@return where a peer is in the view, or -1}
    ///
    /// @param peer a handle
    public int indexOf(long peer) {
        int count = size();
        for (int i = 0; i < count; i++) {
            if (peers[i] == peer) {
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
        int end = Objects.checkIndex(size(), peers.length);
        write(end, peer, age, 0);
        setSize(end + 1);
    }

    /// Removes an entry; the last one takes its place. Its reference is the caller's now;
    /// [#reportEvicted] tells of it.
    ///
    /// @param index from 0 to `size() - 1`
    public void removeAt(int index) {
        Objects.checkIndex(index, size());
        int last = size() - 1;
        write(index, peers[last], ages[last], hitsAt(last));
        setSize(last);
    }

    /// Removes all entries; their references are the caller's now.
    public void clear() {
        setSize(0);
    }

    /// Changes an age.
    ///
    /// @param index from 0 to `size() - 1`
    /// @param age from 0 to [GossipConfig#MAX_AGE]
    public void setAge(int index, int age) {
        ages[Objects.checkIndex(index, size())] = age;
        memory.set(INT, age(index), age);
    }

    /// Counts one more hit of an entry.
    ///
    /// @param index from 0 to `size() - 1`
    public void addHit(int index) {
        state.hasHits = true;
        memory.set(INT, hits(index), Math.min(hitsAt(index) + 1, GossipConfig.MAX_AGE));
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
        one[0] = peer;
        reserve.offer(one, 1);
    }

    /// Puts the first of these peers into the reserve, one after the other, which is quicker than
    /// by as many calls.
    ///
    /// @param peers live handles
    /// @param count how many
    public void reserve(long[] peers, int count) {
        reserve.offer(peers, count);
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
        int count = size();
        for (int i = 0; i < count; i++) {
            ages[i] = Math.min(ages[i] + 1, GossipConfig.MAX_AGE);
        }
        MemorySegment.copy(ages, 0, memory, INT, base + agesOffset, count);
    }

    private void copy() {
        size = memory.get(INT, base + VIEW_LENGTH);
        MemorySegment.copy(memory, LONG, base + VIEW, peers, 0, size);
        MemorySegment.copy(memory, INT, base + agesOffset, ages, 0, size);
    }

    private void setSize(int count) {
        size = count;
        memory.set(INT, base + VIEW_LENGTH, count);
    }

    private void write(int index, long peer, int age, int hitCount) {
        peers[index] = peer;
        ages[index] = age;
        memory.set(LONG, base + VIEW + (long) index * Long.BYTES, peer);
        memory.set(INT, age(index), age);
        memory.set(INT, hits(index), hitCount);
    }

    private long age(int index) {
        return base + agesOffset + (long) index * Integer.BYTES;
    }

    private long hits(int index) {
        return base + hitsOffset + (long) index * Integer.BYTES;
    }

    private long stateAt(int index) {
        return base + stateOffset + (long) Objects.checkIndex(index, stateLongs) * Long.BYTES;
    }
}
