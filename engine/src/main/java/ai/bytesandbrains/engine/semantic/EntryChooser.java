package ai.bytesandbrains.engine.semantic;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

/// Chooses of all that a node knows the entries for a message: the nearest to a vector, the
/// farthest from it, or any; one for each peer. Scratch of one logic; allocates nothing.
final class EntryChooser {

    private enum Order {
        NEAREST,
        FARTHEST,
        ANY
    }

    private final ProfileSpace space;
    private final RandomGenerator random;
    private final MemorySegment target;
    private final MemorySegment memory;
    private final float[] keys;
    private final long[] peers;
    private final int[] profiles;
    private final int[] versions;
    private final int[] ages;
    private final int[] weights;
    private final long[] rowsAt;
    private Order order;
    private int size;

    /// @param memory what all lists are in
    /// @param most the most entries that are ever looked at
    EntryChooser(
            ProfileSpace space,
            RandomGenerator random,
            MemorySegment memory,
            int most,
            Arena arena) {
        this.space = space;
        this.random = random;
        this.memory = memory;
        target = arena.allocate(space.preparedBytes(), 64);
        keys = new float[most];
        peers = new long[most];
        profiles = new int[most];
        versions = new int[most];
        ages = new int[most];
        weights = new int[most];
        rowsAt = new long[most];
    }

    /// Entries near a row are wanted.
    EntryChooser near(MemorySegment rows, long rowAt) {
        return begin(Order.NEAREST, rows, rowAt);
    }

    /// Entries far from a row are wanted.
    EntryChooser far(MemorySegment rows, long rowAt) {
        return begin(Order.FARTHEST, rows, rowAt);
    }

    /// Any entries will do.
    EntryChooser any() {
        order = Order.ANY;
        size = 0;
        return this;
    }

    /// Looks at all entries of a list but those of one peer.
    EntryChooser from(EntryList list, long butNot) {
        for (int i = 0; i < list.size(); i++) {
            if (list.peerAt(i) != butNot) {
                consider(list, i);
            }
        }
        return this;
    }

    /// Looks at those entries of a list that the reader of a list of known peers lacks.
    EntryChooser from(EntryList list, long butNot, DigestSide digests) {
        for (int i = 0; i < list.size(); i++) {
            if (list.peerAt(i) != butNot && digests.isLacking(list.peerAt(i), list.profileAt(i))) {
                consider(list, i);
            }
        }
        return this;
    }

    private void consider(EntryList list, int i) {
        keys[size] = keyOf(list.rowAt(i));
        peers[size] = list.peerAt(i);
        profiles[size] = list.profileAt(i);
        versions[size] = list.versionAt(i);
        ages[size] = list.ageAt(i);
        weights[size] = list.weightAt(i);
        rowsAt[size] = list.rowAt(i);
        size++;
    }

    /// Puts the best entries into a message, the best first.
    EntryChooser into(OutgoingMessage message, int most) {
        for (int added = 0; added < most && size > 0; added++) {
            int best = 0;
            for (int i = 1; i < size; i++) {
                if (keys[i] < keys[best]) {
                    best = i;
                }
            }
            move(best, message);
        }
        return this;
    }

    /// Puts any of the others into a message.
    void anyInto(OutgoingMessage message, int most) {
        for (int added = 0; added < most && size > 0; added++) {
            move(random.nextInt(size), message);
        }
    }

    private void move(int i, OutgoingMessage message) {
        long peer = peers[i];
        message.add(peer, profiles[i], versions[i], ages[i], weights[i], memory, rowsAt[i]);
        removeAll(peer);
    }

    /// {@return how far a row is from what is wanted}
    float keyOf(long rowAt) {
        return order == Order.ANY
                ? random.nextFloat()
                : sign() * space.distance(target, 0, memory, rowAt);
    }

    private float sign() {
        return order == Order.FARTHEST ? -1 : 1;
    }

    private EntryChooser begin(Order wanted, MemorySegment rows, long rowAt) {
        space.prepare(rows, rowAt, target, 0);
        order = wanted;
        size = 0;
        return this;
    }

    private void removeAll(long peer) {
        for (int i = size - 1; i >= 0; i--) {
            if (peers[i] == peer) {
                size--;
                keys[i] = keys[size];
                peers[i] = peers[size];
                profiles[i] = profiles[size];
                versions[i] = versions[size];
                ages[i] = ages[size];
                weights[i] = weights[size];
                rowsAt[i] = rowsAt[size];
            }
        }
    }
}
