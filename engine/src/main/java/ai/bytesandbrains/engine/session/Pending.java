package ai.bytesandbrains.engine.session;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.random.RandomGenerator;

/// The handshakes that a node has begun: a fixed number of places, each of which holds a reference
/// to its peer.
final class Pending {

    static final int NONE = -1;

    private static final byte NEW = 0;
    private static final byte UNSENT = 1;
    private static final byte SENT = 2;

    private final PeerTable table;
    private final RandomGenerator random;
    private final long[] peers;
    private final long[] nonces;
    private final long[] beganNs;
    private final long[] sentNs;
    private final byte[] states;
    private int used;

    Pending(int capacity, PeerTable table, RandomGenerator random) {
        this.table = table;
        this.random = random;
        peers = new long[capacity];
        nonces = new long[capacity];
        beganNs = new long[capacity];
        sentNs = new long[capacity];
        states = new byte[capacity];
    }

    boolean isEmpty() {
        return used == 0;
    }

    int capacity() {
        return peers.length;
    }

    int find(long peer) {
        for (int i = 0; i < peers.length; i++) {
            if (peers[i] == peer) {
                return i;
            }
        }
        return NONE;
    }

    /// False if it is there already or all places are taken.
    boolean add(long peer) {
        if (find(peer) != NONE) {
            return false;
        }
        int free = find(PeerTable.NULL_PEER);
        if (free == NONE) {
            return false;
        }
        table.retain(peer);
        peers[free] = peer;
        used++;
        // Zero stands for no nonce.
        nonces[free] = random.nextLong() | 1;
        states[free] = NEW;
        return true;
    }

    void remove(int place) {
        table.release(peers[place]);
        peers[place] = PeerTable.NULL_PEER;
        used--;
    }

    void clear() {
        for (int i = 0; i < peers.length; i++) {
            if (isUsed(i)) {
                remove(i);
            }
        }
    }

    boolean isUsed(int place) {
        return peers[place] != PeerTable.NULL_PEER;
    }

    /// No poll has seen it yet, so its time has not begun.
    boolean isNew(int place) {
        return states[place] == NEW;
    }

    boolean isUnsent(int place) {
        return states[place] == UNSENT;
    }

    void begin(int place, long nowNs) {
        beganNs[place] = nowNs;
        states[place] = UNSENT;
    }

    void sent(int place, long nowNs) {
        sentNs[place] = nowNs;
        states[place] = SENT;
    }

    long peer(int place) {
        return peers[place];
    }

    long nonce(int place) {
        return nonces[place];
    }

    long beganNs(int place) {
        return beganNs[place];
    }

    long sentNs(int place) {
        return sentNs[place];
    }
}
