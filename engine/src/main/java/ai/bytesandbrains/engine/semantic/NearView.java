package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.PeerView;

import java.util.Objects;

/// The nearest peers of one profile, nearest first: a view over the node's slot.
public final class NearView implements PeerView {

    private final int most;
    private EntryList entries;

    NearView(int most) {
        this.most = most;
    }

    NearView of(EntryList list) {
        entries = list;
        return this;
    }

    @Override
    public int size() {
        return Math.min(most, entries.size());
    }

    @Override
    public long peerAt(int index) {
        return entries.peerAt(Objects.checkIndex(index, size()));
    }

    @Override
    public int ageAt(int index) {
        return entries.ageAt(Objects.checkIndex(index, size()));
    }

    /// {@return the distance of a peer's profile, up to the rounding of int8}
    ///
    /// @param index from 0 to `size() - 1`
    public float distanceAt(int index) {
        return entries.distanceAt(Objects.checkIndex(index, size()));
    }
}
