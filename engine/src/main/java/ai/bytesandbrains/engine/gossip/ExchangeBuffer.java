package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.PeerView;

import java.util.Objects;

/// A list of (peer, age) on its way out of or into a view. Scratch of the logic's, of fixed
/// capacity.
final class ExchangeBuffer implements PeerView {

    private final long[] peers;
    private final int[] ages;
    private int size;

    ExchangeBuffer(int capacity) {
        peers = new long[capacity];
        ages = new int[capacity];
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

    void clear() {
        size = 0;
    }

    void add(long peer, int age) {
        peers[size] = peer;
        ages[size] = age;
        size++;
    }

    /// Copies the peers but the first, which is the sender itself.
    int sentPeers(long[] into) {
        System.arraycopy(peers, 1, into, 0, size - 1);
        return size - 1;
    }
}
