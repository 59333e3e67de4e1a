package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.SemanticState.CYCLES;
import static ai.bytesandbrains.engine.semantic.SemanticState.CYCLE_START;
import static ai.bytesandbrains.engine.semantic.SemanticState.FORGOTTEN;
import static ai.bytesandbrains.engine.semantic.SemanticState.HURRIED;
import static ai.bytesandbrains.engine.semantic.SemanticState.INT;
import static ai.bytesandbrains.engine.semantic.SemanticState.LONG;
import static ai.bytesandbrains.engine.semantic.SemanticState.MAX_AGE;
import static ai.bytesandbrains.engine.semantic.SemanticState.NEWCOMERS;
import static ai.bytesandbrains.engine.semantic.SemanticState.NEXT_EXCHANGE;
import static ai.bytesandbrains.engine.semantic.SemanticState.OWED;
import static ai.bytesandbrains.engine.semantic.SemanticState.PROFILE_CURSOR;
import static ai.bytesandbrains.engine.semantic.SemanticState.PROFILE_HEADER_BYTES;
import static ai.bytesandbrains.engine.semantic.SemanticState.REQUEST_ID;
import static ai.bytesandbrains.engine.semantic.SemanticState.REQUEST_PARTNER;
import static ai.bytesandbrains.engine.semantic.SemanticState.REQUEST_PROFILE;
import static ai.bytesandbrains.engine.semantic.SemanticState.REQUEST_START;
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

    final SeenProfiles seen;
    final FailedPeers failed;
    final Learning learning;
    final IntroducedPeers introduced;

    private final SemanticConfig config;
    private final SemanticState state;
    private final MemorySegment memory;
    private final PeerTable table;
    private final EntryList view;
    private int slot;
    private long base;
    private int news;

    BoundNode(SemanticState state, PeerTable table) {
        this.state = state;
        this.config = state.config();
        this.memory = state.memory;
        this.table = table;
        view = new EntryList(memory, state.viewCapacity, state.rowBytes);
        seen = new SeenProfiles(state, table);
        failed = new FailedPeers(state);
        learning = new Learning(state);
        introduced = new IntroducedPeers(state, table);
    }

    void bind(int slot) {
        this.slot = slot;
        base = state.baseOf(slot);
        seen.bind(base);
        failed.bind(base);
        learning.bind(base);
        introduced.bind(base);
    }

    void start(long self, long firstExchangeNs, long nowNs) {
        memory.set(LONG, base + SELF, self);
        memory.set(LONG, base + NEXT_EXCHANGE, firstExchangeNs);
        memory.set(LONG, base + WINDOW_START, nowNs);
        memory.set(LONG, base + CYCLE_START, nowNs);
        setMaxAge(config.maxAge());
    }

    /// Gives back every reference and leaves the slot as if nobody had ever used it.
    void stop() {
        for (int i = 0; i < config.profiles(); i++) {
            releaseAll(view(i));
        }
        seen.clear();
        introduced.clear();
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

    /// Whether a cycle is over; the next one begins then, and after a long pause only one.
    boolean takeCycle(long nowNs) {
        long start = memory.get(LONG, base + CYCLE_START);
        long past = nowNs - start;
        if (past < config.periodNs()) {
            return false;
        }
        long next = past < 2 * config.periodNs() ? start + config.periodNs() : nowNs;
        memory.set(LONG, base + CYCLE_START, next);
        return true;
    }

    void nextCycle() {
        memory.set(INT, base + CYCLES, memory.get(INT, base + CYCLES) + 1);
    }

    /// Whether the node is in its first cycle.
    boolean isNewcomer() {
        return memory.get(INT, base + CYCLES) == 0;
    }

    /// Whether it looks for its place among those who were there before it.
    boolean isHurrying() {
        return isNewcomer() && hurried() > 0;
    }

    /// How many exchanges it has hurried to.
    int hurried() {
        return memory.get(INT, base + HURRIED);
    }

    void hurry() {
        memory.set(INT, base + HURRIED, hurried() + 1);
        setOwed(true);
    }

    /// After so many cycles nobody believes in a peer that has not been heard of.
    int maxAge() {
        return memory.get(INT, base + MAX_AGE);
    }

    void setMaxAge(int cycles) {
        memory.set(INT, base + MAX_AGE, cycles);
    }

    /// Forgets a peer wherever it is.
    ///
    /// @return whether it was anywhere
    boolean remove(long peer) {
        boolean removed = seen.remove(peer);
        for (int i = 0; i < config.profiles(); i++) {
            removed |= remove(view(i), peer);
        }
        return removed;
    }

    /// Lets the next exchange be with a peer, to see whether it lives.
    void suspect(long peer) {
        if (peer != self() && !introduced.contains(peer)) {
            table.retain(peer);
            introduced.add(peer);
        }
    }

    /// Keeps a copy of a profile that no view wants.
    void see(EntryList from, int index) {
        news += seen.see(from, index) ? 1 : 0;
    }

    /// {@return how many profiles that it did not know the node has seen since this was last asked}
    int takeNews() {
        int count = news;
        news = 0;
        return count;
    }

    /// Whether a peer has ever said itself what it has.
    boolean hasMet(long peer) {
        int at = seen.indexOf(peer);
        if (at >= 0 && seen.list.is(EntryList.MET, at)) {
            return true;
        }
        for (int i = 0; i < config.profiles(); i++) {
            EntryList list = view(i);
            int known = list.indexOf(peer);
            if (known >= 0 && list.is(EntryList.MET, known)) {
                return true;
            }
        }
        return false;
    }

    /// Forgets those profiles of a peer that it does not have any more.
    ///
    /// @param has a bit for each that it has
    void forgetOthers(long peer, int has) {
        for (int profile = 0; profile < SemanticConfig.MAX_PROFILES; profile++) {
            int at = (has & 1 << profile) != 0 ? NONE : seen.indexOf(peer, profile);
            if (at >= 0) {
                seen.removeAt(at);
            }
        }
        for (int i = 0; i < config.profiles(); i++) {
            EntryList list = view(i);
            int at = list.indexOf(peer);
            if (at >= 0 && (has & 1 << list.profileAt(at)) == 0) {
                list.removeAt(at);
                table.release(peer);
            }
        }
    }

    /// Whether a profile has been forgotten for want of room since peers of the oldest age were
    /// last heard of: whether there are more in the network than the node can know.
    boolean hasForgotten() {
        int when = memory.get(INT, base + FORGOTTEN);
        return when != 0 && memory.get(INT, base + CYCLES) - when < maxAge();
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

    private long profileAt(int profile) {
        return base + state.profilesOffset + (long) profile * state.profileBytes;
    }
}
