package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.GossipState.INT;
import static ai.bytesandbrains.engine.gossip.GossipState.LONG;
import static ai.bytesandbrains.engine.gossip.GossipState.VIEW;
import static ai.bytesandbrains.engine.gossip.GossipState.VIEW_ENTRY_BYTES;
import static ai.bytesandbrains.engine.gossip.GossipState.VIEW_LENGTH;

import ai.bytesandbrains.engine.overlay.PeerView;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Flyweight over the view of a slot. The order of entries means nothing. Counts no references:
/// whoever adds or removes does.
final class View implements PeerView {

    private final MemorySegment memory;
    private long base;

    View(GossipState state) {
        memory = state.memory;
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

    int indexOf(long peer) {
        int size = size();
        for (int i = 0; i < size; i++) {
            if (peerAt(i) == peer) {
                return i;
            }
        }
        return -1;
    }

    void add(long peer, int age) {
        int size = size();
        set(size, peer, age);
        memory.set(INT, base + VIEW_LENGTH, size + 1);
    }

    void set(int index, long peer, int age) {
        memory.set(LONG, entry(index), peer);
        memory.set(INT, entry(index) + Long.BYTES, age);
    }

    void removeAt(int index) {
        int last = size() - 1;
        set(index, peerAt(last), ageAt(last));
        memory.set(INT, base + VIEW_LENGTH, last);
    }

    void clear() {
        memory.set(INT, base + VIEW_LENGTH, 0);
    }

    void growOlder() {
        int size = size();
        for (int i = 0; i < size; i++) {
            long age = entry(i) + Long.BYTES;
            memory.set(INT, age, Math.min(memory.get(INT, age) + 1, GossipConfig.MAX_AGE));
        }
    }

    private long entry(int index) {
        return base + VIEW + (long) index * VIEW_ENTRY_BYTES;
    }
}
