package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.SemanticState.CYCLES;
import static ai.bytesandbrains.engine.semantic.SemanticState.FORGOTTEN;
import static ai.bytesandbrains.engine.semantic.SemanticState.INT;
import static ai.bytesandbrains.engine.semantic.SemanticState.SEEN_CURSOR;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.MemorySegment;

/// The profiles that came by and are in no view: a flyweight over a list in a node's slot and the
/// index of its places by peer and profile, which is a table with linear probing of as many words
/// as a power of two. A word is one more than the place; 0 is none.
///
/// Holds one reference to the peer of each entry. Where there is no room, the entries that have
/// been there for longest go first.
final class SeenProfiles {

    private static final int NONE = -1;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    final EntryList list;

    private final MemorySegment memory;
    private final PeerTable table;
    private final long listOffset;
    private final long indexOffset;
    private final int mask;
    private long base;
    private long index;

    SeenProfiles(SemanticState state, PeerTable table) {
        this.table = table;
        memory = state.memory;
        listOffset = state.seenOffset;
        indexOffset = state.seenIndexOffset;
        mask = words(state.config().seenSize()) - 1;
        list = new EntryList(memory, state.config().seenSize(), state.rowBytes);
    }

    /// {@return the words of an index of so many entries}
    static int words(int capacity) {
        return Integer.highestOneBit(capacity) * 4;
    }

    void bind(long base) {
        this.base = base;
        index = base + indexOffset;
        list.bind(base + listOffset);
    }

    /// The place of a profile, or -1.
    int indexOf(long peer, int profile) {
        return placeOf(find(peer, profile));
    }

    /// The place of any profile of a peer, or -1.
    int indexOf(long peer) {
        for (int profile = 0; profile < SemanticConfig.MAX_PROFILES; profile++) {
            int at = indexOf(peer, profile);
            if (at >= 0) {
                return at;
            }
        }
        return NONE;
    }

    /// Keeps a copy of a profile, or learns what is new about it.
    ///
    /// @return whether it was not here
    boolean see(EntryList from, int other) {
        long peer = from.peerAt(other);
        int profile = from.profileAt(other);
        int word = find(peer, profile);
        int at = placeOf(word);
        if (at >= 0) {
            list.learn(at, from, other);
            return false;
        }
        table.retain(peer);
        if (list.isFull()) {
            at = makeRoom();
            list.copyOver(at, from, other);
            word = find(peer, profile);
        } else {
            at = list.addCopy(from, other);
        }
        list.setFlags(at, list.is(EntryList.MET, at) ? EntryList.MET : 0);
        memory.set(INT, wordAt(word), at + 1);
        return true;
    }

    /// Forgets an entry; the last one takes its place.
    void removeAt(int at) {
        long peer = list.peerAt(at);
        unlink(find(peer, list.profileAt(at)));
        int last = list.size() - 1;
        if (at != last) {
            memory.set(INT, wordAt(find(list.peerAt(last), list.profileAt(last))), at + 1);
        }
        list.removeSwapping(at);
        table.release(peer);
    }

    /// {@return whether the peer was here}
    boolean remove(long peer) {
        boolean removed = false;
        for (int profile = 0; profile < SemanticConfig.MAX_PROFILES; profile++) {
            int at = indexOf(peer, profile);
            if (at >= 0) {
                removeAt(at);
                removed = true;
            }
        }
        return removed;
    }

    void clear() {
        for (int at = list.size() - 1; at >= 0; at--) {
            removeAt(at);
        }
    }

    /// Gives up the entry whose turn it is; its place is the caller's.
    private int makeRoom() {
        int at = memory.get(INT, base + SEEN_CURSOR) % list.capacity();
        memory.set(INT, base + SEEN_CURSOR, at + 1);
        memory.set(INT, base + FORGOTTEN, memory.get(INT, base + CYCLES) + 1);
        unlink(find(list.peerAt(at), list.profileAt(at)));
        table.release(list.peerAt(at));
        return at;
    }

    /// The word that a profile has, or that it would get.
    private int find(long peer, int profile) {
        int word = home(peer, profile);
        int at = placeOf(word);
        while (at >= 0 && (list.peerAt(at) != peer || list.profileAt(at) != profile)) {
            word = word + 1 & mask;
            at = placeOf(word);
        }
        return word;
    }

    /// Empties a word and moves up what was only put behind it because it was taken.
    private void unlink(int word) {
        int hole = word;
        int next = word;
        while (true) {
            next = next + 1 & mask;
            int at = placeOf(next);
            if (at < 0) {
                memory.set(INT, wordAt(hole), 0);
                return;
            }
            int home = home(list.peerAt(at), list.profileAt(at));
            if ((next - home & mask) >= (next - hole & mask)) {
                memory.set(INT, wordAt(hole), at + 1);
                hole = next;
            }
        }
    }

    private int home(long peer, int profile) {
        long hash = (peer * SemanticConfig.MAX_PROFILES + profile) * GOLDEN;
        return (int) (hash >>> Integer.SIZE) & mask;
    }

    private int placeOf(int word) {
        return memory.get(INT, wordAt(word)) - 1;
    }

    private long wordAt(int word) {
        return index + (long) word * Integer.BYTES;
    }
}
