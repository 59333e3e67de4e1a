package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.PeerView;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A list of (peer, age) on its way out of or into a view. Scratch of a [GossipLogic], of fixed
/// capacity; holds no references by itself.
public final class ExchangeBuffer implements PeerView {

    private final long[] peers;
    private final int[] ages;
    private final int[] hits;
    private int size;

    ExchangeBuffer(int capacity) {
        peers = new long[capacity];
        ages = new int[capacity];
        hits = new int[capacity];
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long peerAt(int index) {
        return peers[Objects.checkIndex(index, size)];
    }

    @Override
    public int ageAt(int index) {
        return ages[Objects.checkIndex(index, size)];
    }

    @Override
    public int hitsAt(int index) {
        return hits[Objects.checkIndex(index, size)];
    }

    /// {@return the most entries}
    public int capacity() {
        return peers.length;
    }

    /// Appends an entry without hits.
    ///
    /// @param peer a handle
    /// @param age from 0 to [GossipConfig#MAX_AGE]
    /// @throws IndexOutOfBoundsException if it is full
    public void add(long peer, int age) {
        add(peer, age, 0);
    }

    void add(long peer, int age, int hitCount) {
        peers[size] = peer;
        ages[size] = age;
        hits[size] = hitCount;
        size++;
    }

    /// Removes an entry; those behind it move up.
    void removeAt(int index) {
        int behind = size - Objects.checkIndex(index, size) - 1;
        System.arraycopy(peers, index + 1, peers, index, behind);
        System.arraycopy(ages, index + 1, ages, index, behind);
        System.arraycopy(hits, index + 1, hits, index, behind);
        size--;
    }

    void clear() {
        size = 0;
    }

    /// Copies the peers from an index on.
    void copyPeers(int from, MemorySegment into, long offset) {
        MemorySegment.copy(peers, from, into, GossipState.LONG, offset, size - from);
    }

    /// Copies the peers but the first, which is the sender itself.
    int sentPeers(long[] into) {
        System.arraycopy(peers, 1, into, 0, size - 1);
        return size - 1;
    }
}
