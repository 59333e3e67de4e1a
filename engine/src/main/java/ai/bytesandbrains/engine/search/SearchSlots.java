package ai.bytesandbrains.engine.search;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What is where in the memory of a search, and the order of what was found. A slot, with D = the
/// query's encoded bytes rounded up to eight, R = runs of ids, P = peers, C = candidates:
///
/// ```
///   0  k 4, peers wanted 4
///   8  encoding 4, scale f4
///  16  start time 8
///  24  deadline 8
///  32  end time 8
///  40  request id 8
///  48  chosen 4, asked 4
///  56  answered 4, refused 4
///  64  hits 4, choice 4
///  72  exploration 8
///  80  probed 4, reach 4
///  88  separation f4, rerank 4
///  96  time to begin with vectors 8
/// 104  candidates kept 4, rounds of fetching 4
/// 112  vectors wanted 4, unused 4
/// 120  vectors missing 4, misstated 4
/// 128  unsent wishes 4, filter flags 4
/// 136  filter tag 8
/// 144  filter ranges 4, unused 4
/// 152  how own hits were measured: form 4, error f4, codebook 16
/// 176  query   D
///      ranges  R x { first id 8, last id 8 }
///      peers   P x { identity 32, handle 8, state 4, unused 4, form 4, error f4, codebook 16 }
///      hits    C x { id 8, distance f4, peer 4 (-1 = the node itself), told f4, state 4 }
/// ```
///
/// A hit's distance is what it is ordered by: what its peer told, with what codes underestimate on
/// average added, or what the vector gave. In a result only the k best of the candidates are left.
final class SearchSlots {

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    static final int K = 0;
    static final int ASK_PEERS = 4;
    static final int ENCODING = 8;
    static final int SCALE = 12;
    static final int START = 16;
    static final int DEADLINE = 24;
    static final int END = 32;
    static final int REQUEST_ID = 40;
    static final int CHOSEN = 48;
    static final int ASKED = 52;
    static final int ANSWERED = 56;
    static final int REFUSED = 60;
    static final int HITS = 64;
    static final int CHOICE = 68;
    static final int EXPLORATION = 72;
    static final int PROBED = 80;
    static final int REACH = 84;
    static final int SEPARATION = 88;
    static final int RERANK = 92;
    static final int FETCH_FROM = 96;
    static final int CANDIDATES = 104;
    static final int ROUNDS = 108;
    static final int VECTORS_WANTED = 112;
    static final int VECTORS_MISSING = 120;
    static final int MISSTATED = 124;
    static final int UNSENT_WISHES = 128;
    static final int FILTER_FLAGS = 132;
    static final int FILTER_TAG = 136;
    static final int FILTER_RANGES = 144;
    static final int OWN_MEASURE = 152;
    static final int QUERY = 176;

    static final int RANGE_BYTES = 16;
    static final int PEER_BYTES = 72;
    static final int PEER_HANDLE = 32;
    static final int PEER_STATE = 40;
    static final int PEER_MEASURE = 48;
    static final int HIT_BYTES = 24;
    static final int LOCAL = -1;

    /// Within what is said about how distances were measured.
    static final int FORM = 0;

    static final int ERROR = 4;
    static final int CODEBOOK_HIGH = 8;
    static final int CODEBOOK_LOW = 16;

    /// The states of a peer.
    static final int UNSENT = 0;

    static final int SENT = 1;
    static final int SETTLED = 2;

    /// The states of a hit: as its peer told it; its vector is wished for; the wish has been sent;
    /// measured on the vector; the vector did not come; the peer keeps only the code.
    static final int TOLD = 0;

    static final int WANTED = 1;
    static final int FETCHING = 2;
    static final int MEASURED = 3;
    static final int MISSED = 4;
    static final int CODE_ONLY = 5;

    /// So many times k candidates are kept at most, so that some peers which claim to have the
    /// nearest of all cannot crowd out what the others have.
    private static final int KEPT = 16;

    private static final int ROOM = 4;
    private static final int HIT_DISTANCE = 8;
    private static final int HIT_PEER = 12;
    private static final int HIT_TOLD = 16;
    private static final int HIT_STATE = 20;

    final MemorySegment memory;
    private final int rangesOffset;
    private final int peersOffset;
    private final long hitsOffset;

    SearchSlots(MemorySegment memory, int dimensions, SearchLimits limits) {
        this.memory = memory;
        rangesOffset = rangesOffset(dimensions);
        peersOffset = peersOffset(dimensions);
        hitsOffset = hitsOffset(dimensions, limits);
    }

    /// {@return memory of a slot}
    static long bytes(int dimensions, SearchLimits limits) {
        return (hitsOffset(dimensions, limits) + (long) room(limits) * HIT_BYTES + 63) & -64;
    }

    private static int rangesOffset(int dimensions) {
        return QUERY + ((QueryEncoding.FLOAT32.encodedBytes(dimensions) + 7) & -8);
    }

    private static int peersOffset(int dimensions) {
        return rangesOffset(dimensions) + SearchFilter.MAX_RANGES * RANGE_BYTES;
    }

    private static long hitsOffset(int dimensions, SearchLimits limits) {
        return peersOffset(dimensions) + (long) limits.maxPeers() * PEER_BYTES;
    }

    private static int room(SearchLimits limits) {
        return ROOM * limits.maxK();
    }

    /// {@return how many candidates a search keeps}
    static int kept(int k, int rerank, SearchLimits limits) {
        return rerank == 0 ? k : Math.min(room(limits), KEPT * k);
    }

    int getInt(long base, int field) {
        return memory.get(INT, base + field);
    }

    long getLong(long base, int field) {
        return memory.get(LONG, base + field);
    }

    float getFloat(long base, int field) {
        return memory.get(FLOAT, base + field);
    }

    void set(long base, int field, int value) {
        memory.set(INT, base + field, value);
    }

    void set(long base, int field, long value) {
        memory.set(LONG, base + field, value);
    }

    void set(long base, int field, float value) {
        memory.set(FLOAT, base + field, value);
    }

    void add(long base, int field, int more) {
        set(base, field, getInt(base, field) + more);
    }

    long boundAt(long base, int index) {
        return base + rangesOffset + (long) index * Long.BYTES;
    }

    long peerAt(long base, int index) {
        return base + peersOffset + (long) index * PEER_BYTES;
    }

    int peerState(long base, int peer) {
        return memory.get(INT, peerAt(base, peer) + PEER_STATE);
    }

    void setPeerState(long base, int peer, int state) {
        memory.set(INT, peerAt(base, peer) + PEER_STATE, state);
    }

    /// Whether a peer is in some state.
    boolean hasPeer(long base, int state) {
        int chosen = getInt(base, CHOSEN);
        for (int i = 0; i < chosen; i++) {
            if (peerState(base, i) == state) {
                return true;
            }
        }
        return false;
    }

    /// Which peer of a search has this handle; -1 if none has.
    int findPeer(long base, long handle) {
        int chosen = getInt(base, CHOSEN);
        for (int i = 0; i < chosen; i++) {
            if (memory.get(LONG, peerAt(base, i) + PEER_HANDLE) == handle) {
                return i;
            }
        }
        return -1;
    }

    /// Where it says how the hits of a peer, or of the node itself, were measured.
    long measureAt(long base, int peer) {
        return peer == LOCAL ? base + OWN_MEASURE : peerAt(base, peer) + PEER_MEASURE;
    }

    void setMeasure(long base, int peer, DistanceForm form, long high, long low, float error) {
        long at = measureAt(base, peer);
        memory.set(INT, at + FORM, form.code());
        memory.set(FLOAT, at + ERROR, error);
        memory.set(LONG, at + CODEBOOK_HIGH, high);
        memory.set(LONG, at + CODEBOOK_LOW, low);
    }

    boolean isAdc(long base, int peer) {
        return memory.get(INT, measureAt(base, peer) + FORM) == DistanceForm.ADC.code();
    }

    float errorOf(long base, int peer) {
        return memory.get(FLOAT, measureAt(base, peer) + ERROR);
    }

    // ---- hits, nearest first

    long hitAt(long base, int index) {
        return base + hitsOffset + (long) index * HIT_BYTES;
    }

    long idOf(long hit) {
        return memory.get(LONG, hit);
    }

    float distanceOf(long hit) {
        return memory.get(FLOAT, hit + HIT_DISTANCE);
    }

    int peerOf(long hit) {
        return memory.get(INT, hit + HIT_PEER);
    }

    float toldOf(long hit) {
        return memory.get(FLOAT, hit + HIT_TOLD);
    }

    int stateOf(long hit) {
        return memory.get(INT, hit + HIT_STATE);
    }

    void setState(long hit, int state) {
        memory.set(INT, hit + HIT_STATE, state);
    }

    /// Puts a hit in its place among the candidates, if it is near enough for one.
    ///
    /// @param distance what it is ordered by
    /// @param told what its peer said
    void insertHit(long base, float distance, long id, int peer, float told, int state) {
        int size = getInt(base, HITS);
        int most = getInt(base, CANDIDATES);
        if (size == most && !precedes(distance, id, peer, hitAt(base, most - 1))) {
            return;
        }
        int at = placeOf(base, size, distance, id, peer);
        // The farthest makes room.
        int moved = Math.min(size, most - 1) - at;
        MemorySegment.copy(
                memory,
                hitAt(base, at),
                memory,
                hitAt(base, at + 1),
                (long) Math.max(moved, 0) * HIT_BYTES);
        long hit = hitAt(base, at);
        memory.set(LONG, hit, id);
        memory.set(FLOAT, hit + HIT_DISTANCE, distance);
        memory.set(INT, hit + HIT_PEER, peer);
        memory.set(FLOAT, hit + HIT_TOLD, told);
        memory.set(INT, hit + HIT_STATE, state);
        set(base, HITS, Math.min(size + 1, most));
    }

    void removeHit(long base, int index) {
        int size = getInt(base, HITS);
        MemorySegment.copy(
                memory,
                hitAt(base, index + 1),
                memory,
                hitAt(base, index),
                (long) (size - index - 1) * HIT_BYTES);
        set(base, HITS, size - 1);
    }

    private int placeOf(long base, int size, float distance, long id, int peer) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (precedes(distance, id, peer, hitAt(base, middle))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /// By distance, then id, then peer.
    private boolean precedes(float distance, long id, int peer, long hit) {
        int order = Float.compare(distance, distanceOf(hit));
        if (order == 0) {
            order = Long.compare(id, idOf(hit));
        }
        if (order == 0) {
            order = Integer.compare(peer, peerOf(hit));
        }
        return order < 0;
    }
}
