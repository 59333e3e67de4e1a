package ai.bytesandbrains.engine.session;

import ai.bytesandbrains.engine.memory.IdMap;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.Arrays;

/// The peers that have echoed a nonce: incarnation, confirmed address, and which of their last
/// [#WINDOW] frames have come. A fixed number of places; single-threaded, allocates nothing after
/// construction.
///
/// The window is a ring of bits, one for each sequence, that moves with the highest one seen (as
/// in RFC 6479): what is below it counts as seen.
final class Sessions implements AutoCloseable {

    static final int NONE = -1;

    /// How far behind the newest frame of a peer an older one may come.
    static final int WINDOW = 256;

    private static final int WORDS = WINDOW / Long.SIZE;

    /// How many places that may be given away are compared, and how many are passed at most on the
    /// way to them: a crowd of newcomers leaves old places far apart.
    private static final int COMPARED = 16;

    private static final int PASSED = 1 << 13;

    private final IdMap placeOf = new IdMap();
    private final long[] shortIds;
    private final long[] incarnations;
    private final long[] newest;
    private final long[] seen;
    private final long[] beganNs;
    private final long[] heardNs;
    private final long[] confirmedNs;
    private final long[] ipHigh;
    private final long[] ipLow;
    private final long[] places;
    private int used;
    private int hand;

    Sessions(int capacity) {
        shortIds = new long[capacity];
        incarnations = new long[capacity];
        newest = new long[capacity];
        seen = new long[capacity * WORDS];
        beganNs = new long[capacity];
        heardNs = new long[capacity];
        confirmedNs = new long[capacity];
        ipHigh = new long[capacity];
        ipLow = new long[capacity];
        places = new long[capacity];
        placeOf.reserve(capacity);
    }

    int size() {
        return used;
    }

    int find(long shortId) {
        return placeOf.get(shortId);
    }

    long incarnation(int place) {
        return incarnations[place];
    }

    long heardNs(int place) {
        return heardNs[place];
    }

    boolean isAt(int place, PeerDescriptor peer) {
        return places[place] == peer.place()
                && ipHigh[place] == peer.ipHigh()
                && ipLow[place] == peer.ipLow();
    }

    /// Fills in the confirmed address.
    void address(int place, PeerDescriptor into) {
        into.address(ipHigh[place], ipLow[place], places[place]);
    }

    /// Whether the frame is new; it counts as seen from now on.
    boolean accept(int place, long sequence, long nowNs) {
        long top = newest[place];
        if (sequence <= top - WINDOW || sequence <= 0) {
            return false;
        }
        int word = place * WORDS + wordOf(sequence);
        long bit = 1L << sequence;
        if (sequence > top) {
            forgetBetween(place, top, sequence);
            newest[place] = sequence;
        } else if ((seen[word] & bit) != 0) {
            return false;
        }
        seen[word] |= bit;
        heardNs[place] = nowNs;
        return true;
    }

    private void forgetBetween(int place, long top, long sequence) {
        if (sequence - top >= WINDOW) {
            Arrays.fill(seen, place * WORDS, (place + 1) * WORDS, 0);
            return;
        }
        for (long old = top + 1; old != sequence; old++) {
            seen[place * WORDS + wordOf(old)] &= ~(1L << old);
        }
        seen[place * WORDS + wordOf(sequence)] &= ~(1L << sequence);
    }

    /// Begins a session, or moves the one there is to another incarnation or address. In a new
    /// incarnation all frames up to this one count as seen.
    ///
    /// A new session in a full house takes the place of one that began at least `youngNs` ago, of
    /// a few that are looked at: a peer that the table does not know before one that it does, then
    /// the one that was silent for longest.
    ///
    /// @return false if there is no such place
    boolean put(
            PeerDescriptor peer,
            long incarnation,
            long sequence,
            PeerTable table,
            long youngNs,
            long nowNs) {
        int place = placeOf.get(peer.shortId());
        if (place == NONE) {
            place = used < shortIds.length ? used++ : victim(table, youngNs, nowNs);
            if (place == NONE) {
                return false;
            }
            placeOf.put(peer.shortId(), place);
            begin(place, peer.shortId(), incarnation, sequence, nowNs);
        } else if (incarnations[place] != incarnation) {
            begin(place, peer.shortId(), incarnation, sequence, nowNs);
        }
        places[place] = peer.place();
        ipHigh[place] = peer.ipHigh();
        ipLow[place] = peer.ipLow();
        heardNs[place] = nowNs;
        confirmedNs[place] = nowNs;
        return true;
    }

    /// When the last handshake with the peer ended.
    long confirmedNs(int place) {
        return confirmedNs[place];
    }

    /// Says when the peer was heard from last.
    void setHeardNs(int place, long timeNs) {
        heardNs[place] = timeNs;
    }

    @Override
    public void close() {
        placeOf.close();
    }

    private void begin(int place, long shortId, long incarnation, long sequence, long nowNs) {
        shortIds[place] = shortId;
        incarnations[place] = incarnation;
        newest[place] = sequence;
        Arrays.fill(seen, place * WORDS, (place + 1) * WORDS, -1);
        beganNs[place] = nowNs;
    }

    private int victim(PeerTable table, long youngNs, long nowNs) {
        int victim = NONE;
        boolean victimKnown = false;
        int compared = 0;
        for (int i = Math.min(PASSED, used); i > 0 && compared < COMPARED; i--) {
            hand = hand + 1 < used ? hand + 1 : 0;
            if (nowNs - beganNs[hand] < youngNs) {
                continue;
            }
            compared++;
            boolean known = table.find(shortIds[hand]) != PeerTable.NULL_PEER;
            boolean better =
                    victim == NONE
                            || (victimKnown && !known)
                            || (victimKnown == known && heardNs[hand] - heardNs[victim] < 0);
            if (better) {
                victim = hand;
                victimKnown = known;
            }
        }
        if (victim != NONE) {
            placeOf.remove(shortIds[victim]);
        }
        return victim;
    }

    private static int wordOf(long sequence) {
        return (int) (sequence & (WINDOW - 1)) / Long.SIZE;
    }
}
