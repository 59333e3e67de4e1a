package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.SemanticState.CYCLES;
import static ai.bytesandbrains.engine.semantic.SemanticState.FORGOTTEN;
import static ai.bytesandbrains.engine.semantic.SemanticState.INT;
import static ai.bytesandbrains.engine.semantic.SemanticState.INTRODUCED;
import static ai.bytesandbrains.engine.semantic.SemanticState.INTRODUCED_CURSOR;
import static ai.bytesandbrains.engine.semantic.SemanticState.LONG;
import static ai.bytesandbrains.engine.semantic.SemanticState.MAX_INTRODUCED;
import static ai.bytesandbrains.engine.semantic.SemanticState.NEWCOMERS;
import static ai.bytesandbrains.engine.semantic.SemanticState.NEXT_EXCHANGE;
import static ai.bytesandbrains.engine.semantic.SemanticState.OWED;
import static ai.bytesandbrains.engine.semantic.SemanticState.PROFILE_CURSOR;
import static ai.bytesandbrains.engine.semantic.SemanticState.PROFILE_HEADER_BYTES;
import static ai.bytesandbrains.engine.semantic.SemanticState.REQUEST_ID;
import static ai.bytesandbrains.engine.semantic.SemanticState.REQUEST_PARTNER;
import static ai.bytesandbrains.engine.semantic.SemanticState.REQUEST_PROFILE;
import static ai.bytesandbrains.engine.semantic.SemanticState.REQUEST_START;
import static ai.bytesandbrains.engine.semantic.SemanticState.SEEN_CURSOR;
import static ai.bytesandbrains.engine.semantic.SemanticState.SELF;
import static ai.bytesandbrains.engine.semantic.SemanticState.WINDOW_EXCHANGES;
import static ai.bytesandbrains.engine.semantic.SemanticState.WINDOW_FINDS;
import static ai.bytesandbrains.engine.semantic.SemanticState.WINDOW_START;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.MemorySegment;

/// The node whose slot is worked on: its own profiles, its views, what it has seen, its request and
/// its budgets. [#bind] moves it to another slot.
///
/// Every peer in a list is held by one reference each, and so is the partner of the request.
final class BoundNode {

    static final int NONE = -1;

    /// A profile that is there is marked by this and its weight.
    private static final int USED = 1;

    final EntryList seen;
    final FailedPeers failed;

    private final SemanticConfig config;
    private final SemanticState state;
    private final MemorySegment memory;
    private final PeerTable table;
    private final EntryList view;
    private int slot;
    private long base;

    BoundNode(SemanticState state, PeerTable table) {
        this.state = state;
        this.config = state.config();
        this.memory = state.memory;
        this.table = table;
        view = new EntryList(memory, state.viewCapacity, state.rowBytes);
        seen = new EntryList(memory, config.seenSize(), state.rowBytes);
        failed = new FailedPeers(state);
    }

    void bind(int slot) {
        this.slot = slot;
        base = state.baseOf(slot);
        seen.bind(base + state.seenOffset);
        failed.bind(base);
    }

    void start(long self, long firstExchangeNs, long nowNs) {
        memory.set(LONG, base + SELF, self);
        memory.set(LONG, base + NEXT_EXCHANGE, firstExchangeNs);
        memory.set(LONG, base + WINDOW_START, nowNs);
    }

    /// Gives back every reference and leaves the slot as if nobody had ever used it.
    void stop() {
        for (int i = 0; i < config.profiles(); i++) {
            releaseAll(view(i));
        }
        releaseAll(seen);
        for (int i = 0; i < MAX_INTRODUCED; i++) {
            takeIntroduced();
        }
        if (partner() != PeerTable.NULL_PEER) {
            endRequest();
        }
        table.release(self());
        state.clear(slot);
    }

    /// [PeerTable#NULL_PEER] in a slot that nobody uses.
    long self() {
        return memory.get(LONG, base + SELF);
    }

    // ---- profiles and views

    boolean hasProfile(int profile) {
        return memory.get(INT, profileAt(profile) + Integer.BYTES) != 0;
    }

    int versionOf(int profile) {
        return memory.get(INT, profileAt(profile));
    }

    int weightOf(int profile) {
        return memory.get(INT, profileAt(profile) + Integer.BYTES) - USED;
    }

    /// Says that the row of a profile has been written.
    void setProfile(int profile, int weight) {
        markProfile(profile, USED + weight);
    }

    /// Says that there is no such profile any more.
    void clearProfile(int profile) {
        markProfile(profile, 0);
    }

    private void markProfile(int profile, int mark) {
        long at = profileAt(profile);
        memory.set(INT, at, memory.get(INT, at) + 1);
        memory.set(INT, at + Integer.BYTES, mark);
    }

    MemorySegment rows() {
        return memory;
    }

    /// Where the row of a profile is in [#rows].
    long rowOf(int profile) {
        return profileAt(profile) + PROFILE_HEADER_BYTES;
    }

    /// The view of a profile: one flyweight, moved by the next call.
    EntryList view(int profile) {
        return view.bind(base + state.viewsOffset + profile * state.viewBytes);
    }

    /// The next of the node's profiles in turn, or [#NONE].
    int nextProfile() {
        int cursor = memory.get(INT, base + PROFILE_CURSOR);
        for (int i = 1; i <= config.profiles(); i++) {
            int profile = (cursor + i) % config.profiles();
            if (hasProfile(profile)) {
                return profile;
            }
        }
        return NONE;
    }

    void setLastProfile(int profile) {
        memory.set(INT, base + PROFILE_CURSOR, profile);
    }

    void releaseAll(EntryList list) {
        for (int i = 0; i < list.size(); i++) {
            table.release(list.peerAt(i));
        }
        list.clear();
    }

    /// Everybody not heard of is one cycle older; who is too old is forgotten.
    void growOlder() {
        memory.set(INT, base + CYCLES, memory.get(INT, base + CYCLES) + 1);
        for (int i = 0; i < config.profiles(); i++) {
            growOlder(view(i));
        }
        growOlder(seen);
    }

    /// Forgets a peer wherever it is.
    ///
    /// @return whether it was anywhere
    boolean remove(long peer) {
        boolean removed = remove(seen, peer);
        for (int i = 0; i < config.profiles(); i++) {
            removed |= remove(view(i), peer);
        }
        return removed;
    }

    /// Keeps a copy of a profile that no view wants; the one seen first makes room.
    void see(EntryList from, int index) {
        long peer = from.peerAt(index);
        int at = seen.indexOf(peer, from.profileAt(index));
        if (at < 0) {
            table.retain(peer);
            if (!seen.isFull()) {
                seen.addCopy(from, index);
                return;
            }
            at = memory.get(INT, base + SEEN_CURSOR) % seen.capacity();
            memory.set(INT, base + SEEN_CURSOR, (at + 1) % seen.capacity());
            table.release(seen.peerAt(at));
            memory.set(INT, base + FORGOTTEN, memory.get(INT, base + CYCLES) + 1);
            seen.write(at, peer, from.profileAt(index), 0, 0, 0);
            seen.update(at, from, index);
        } else {
            seen.learn(at, from, index);
        }
    }

    /// Whether a profile has been forgotten for want of room since peers of the oldest age were
    /// last heard of: whether there are more in the network than the node can know.
    boolean hasForgotten() {
        int when = memory.get(INT, base + FORGOTTEN);
        return when != 0 && memory.get(INT, base + CYCLES) - when < config.maxAge();
    }

    /// Counts peers that came among the near ones of a view.
    void countNewcomers(int count) {
        memory.set(INT, base + NEWCOMERS, memory.get(INT, base + NEWCOMERS) + count);
    }

    /// {@return how many came since this was last asked}
    int takeNewcomers() {
        int count = memory.get(INT, base + NEWCOMERS);
        memory.set(INT, base + NEWCOMERS, 0);
        return count;
    }

    // ---- the request that is on its way

    long nextExchange() {
        return memory.get(LONG, base + NEXT_EXCHANGE);
    }

    void setNextExchange(long timeNs) {
        memory.set(LONG, base + NEXT_EXCHANGE, timeNs);
    }

    /// Whether an exchange is due that the transport has not taken yet.
    boolean isOwed() {
        return memory.get(INT, base + OWED) != 0;
    }

    void setOwed(boolean owed) {
        memory.set(INT, base + OWED, owed ? 1 : 0);
    }

    /// Who has been asked, or [PeerTable#NULL_PEER].
    long partner() {
        return memory.get(LONG, base + REQUEST_PARTNER);
    }

    long requestId() {
        return memory.get(LONG, base + REQUEST_ID);
    }

    long requestStart() {
        return memory.get(LONG, base + REQUEST_START);
    }

    int requestProfile() {
        return memory.get(INT, base + REQUEST_PROFILE);
    }

    void startRequest(long id, long partner, int profile, long nowNs) {
        table.retain(partner);
        memory.set(LONG, base + REQUEST_ID, id);
        memory.set(LONG, base + REQUEST_PARTNER, partner);
        memory.set(LONG, base + REQUEST_START, nowNs);
        memory.set(INT, base + REQUEST_PROFILE, profile);
    }

    void endRequest() {
        table.release(partner());
        memory.set(LONG, base + REQUEST_PARTNER, PeerTable.NULL_PEER);
    }

    // ---- peers that somebody has named

    /// Takes a peer to exchange with soon, and the caller's reference to it.
    void introduce(long peer) {
        int cursor = memory.get(INT, base + INTRODUCED_CURSOR);
        long at = base + INTRODUCED + (long) cursor * Long.BYTES;
        long before = memory.get(LONG, at);
        if (before != PeerTable.NULL_PEER) {
            table.release(before);
        }
        memory.set(LONG, at, peer);
        memory.set(INT, base + INTRODUCED_CURSOR, (cursor + 1) % MAX_INTRODUCED);
    }

    /// The peer that was introduced last, or [PeerTable#NULL_PEER].
    long introduced() {
        return memory.get(LONG, introducedAt(lastIntroduced()));
    }

    void takeIntroduced() {
        int last = lastIntroduced();
        long at = introducedAt(last);
        long peer = memory.get(LONG, at);
        if (peer != PeerTable.NULL_PEER) {
            table.release(peer);
            memory.set(LONG, at, PeerTable.NULL_PEER);
        }
        memory.set(INT, base + INTRODUCED_CURSOR, last);
    }

    // ---- budgets

    boolean allowsExchange(long nowNs) {
        return spend(WINDOW_EXCHANGES, config.exchangesPerPeriod(), nowNs);
    }

    boolean allowsFind(long nowNs) {
        return spend(WINDOW_FINDS, config.findsPerPeriod(), nowNs);
    }

    private boolean spend(int counter, int most, long nowNs) {
        if (nowNs - memory.get(LONG, base + WINDOW_START) >= config.periodNs()) {
            memory.set(LONG, base + WINDOW_START, nowNs);
            memory.set(INT, base + WINDOW_EXCHANGES, 0);
            memory.set(INT, base + WINDOW_FINDS, 0);
        }
        int spent = memory.get(INT, base + counter);
        if (spent >= most) {
            return false;
        }
        memory.set(INT, base + counter, spent + 1);
        return true;
    }

    private void growOlder(EntryList list) {
        list.growOlder();
        for (int i = list.size() - 1; i >= 0; i--) {
            if (list.ageAt(i) > config.maxAge()) {
                table.release(list.peerAt(i));
                list.removeAt(i);
            }
        }
    }

    private boolean remove(EntryList list, long peer) {
        int before = list.size();
        for (int i = before - 1; i >= 0; i--) {
            if (list.peerAt(i) == peer) {
                list.removeAt(i);
                table.release(peer);
            }
        }
        return list.size() < before;
    }

    private int lastIntroduced() {
        int cursor = memory.get(INT, base + INTRODUCED_CURSOR);
        return (cursor + MAX_INTRODUCED - 1) % MAX_INTRODUCED;
    }

    private long introducedAt(int index) {
        return base + INTRODUCED + (long) index * Long.BYTES;
    }

    private long profileAt(int profile) {
        return base + state.profilesOffset + (long) profile * state.profileBytes;
    }
}
