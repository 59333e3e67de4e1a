package ai.bytesandbrains.engine.semantic;

import java.util.Objects;

/// The list of whom a node knows on its way out. Scratch of one [SemanticLogic]; allocates nothing.
final class Digest implements PeerDigest {

    private final long[] ids;
    private final int[] ages;
    private final int[] profiles;
    private final int[] versions;
    private int size;
    private int partBits;
    private int part;

    Digest(int most) {
        ids = new long[most];
        ages = new int[most];
        profiles = new int[most];
        versions = new int[most];
    }

    void clear() {
        size = 0;
        partBits = 0;
        part = 0;
    }

    /// Begins a list of the peers of one part of so many.
    void begin(int bits, int number) {
        size = 0;
        partBits = bits;
        part = number;
    }

    boolean isFull() {
        return size == ids.length;
    }

    void add(long shortId, int age, int has, int folded) {
        ids[size] = shortId;
        ages[size] = age;
        profiles[size] = has;
        versions[size] = folded;
        size++;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int partBits() {
        return partBits;
    }

    @Override
    public int part() {
        return part;
    }

    @Override
    public long idAt(int index) {
        return ids[Objects.checkIndex(index, size)];
    }

    @Override
    public int ageAt(int index) {
        return ages[Objects.checkIndex(index, size)];
    }

    @Override
    public int profilesAt(int index) {
        return profiles[Objects.checkIndex(index, size)];
    }

    @Override
    public int versionsAt(int index) {
        return versions[Objects.checkIndex(index, size)];
    }
}
