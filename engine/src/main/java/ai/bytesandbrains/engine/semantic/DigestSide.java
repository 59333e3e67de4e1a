package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Both ends of the lists of whom a node knows: makes the node's own, and takes in somebody else's.
///
/// A list makes what the reader knows of a peer younger if both know the same of it, profiles and
/// versions; nothing else is believed. Of whom they know different things, whoever answers sends
/// what the other lacks, unless that one has heard of the peer more lately: so what a peer does not
/// have any more is not passed on for ever, but grows old.
///
/// A list has room for so many peers; a node that knows more of them lists a part at a time, which
/// is decided by the peers' ids.
///
/// Scratch of one [SemanticLogic]; allocates nothing.
///
/// Source: van Renesse, Dumitriu, Gough, Thomas, "Efficient Reconciliation and Flow Control for
/// Anti-Entropy Protocols", LADIS 2008.
final class DigestSide {

    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final int UNLISTED = -1;

    private final SemanticConfig config;
    private final KnownPeers known;
    private final PeerTable table;
    private final RandomGenerator random;
    private final int[] theirAges;
    private final int[] theirProfiles;
    private final int[] theirVersions;
    private boolean heard;
    private boolean knowsReader;
    private int senderHas;
    private int partBits;
    private int part;
    private int named;

    /// @param most the most profiles that a node knows
    DigestSide(
            SemanticConfig config,
            KnownPeers known,
            PeerTable table,
            RandomGenerator random,
            int most) {
        this.config = config;
        this.known = known;
        this.table = table;
        this.random = random;
        theirAges = new int[most];
        theirProfiles = new int[most];
        theirVersions = new int[most];
    }

    /// Whether a node tells others whom it knows: while it has not had to forget any, so that what
    /// is not in its list is new to it.
    boolean tells(BoundNode node) {
        return config.digestPeers() > 0 && !node.hasForgotten();
    }

    /// Writes whom a node knows; what is known of all peers must have been gathered.
    void tell(BoundNode node, long partner, Digest into) {
        int most = config.digestPeers();
        int bits = 0;
        // Parts are not all of the same size.
        while ((known.count() >> bits) > most - most / 4 && bits < PeerDigest.MAX_PART_BITS) {
            bits++;
        }
        int number = bits == 0 ? 0 : random.nextInt(1 << bits);
        int profiles = config.profiles();
        into.begin(bits, number);
        into.add(
                table.shortIdOf(node.self()),
                0,
                KnownPeers.profilesOf(node, profiles),
                KnownPeers.versionsOf(node, profiles));
        int first = known.indexOf(partner);
        if (first >= 0) {
            add(first, into);
        }
        // Where a part does not fit either, others are left out the next time.
        int start = bits == 0 ? 0 : random.nextInt(known.count());
        for (int i = 0; i < known.count() && !into.isFull(); i++) {
            int index = (start + i) % known.count();
            if (index != first && isIn(table.shortIdOf(known.peerAt(index)), bits, number)) {
                add(index, into);
            }
        }
    }

    /// Takes in the list of a message, if there is one; what is known of all peers must have been
    /// gathered.
    ///
    /// @return false if it makes no sense
    boolean hear(PeerDigest in, BoundNode node) {
        int size = in.size();
        heard = false;
        knowsReader = false;
        senderHas = 0;
        named = 0;
        partBits = in.partBits();
        part = in.part();
        if (size == 0) {
            return true;
        }
        if (partBits < 0
                || partBits > PeerDigest.MAX_PART_BITS
                || part < 0
                || part >= 1 << partBits) {
            return false;
        }
        heard = true;
        senderHas = in.profilesAt(0) & 0xff;
        Arrays.fill(theirProfiles, 0, known.count(), UNLISTED);
        for (int i = 1; i < size; i++) {
            hear(in, i, node);
        }
        return true;
    }

    /// Whether the last message had a list.
    boolean hasHeard() {
        return heard;
    }

    /// Whether whoever sent it knows all that the reader has to offer.
    boolean knowsReader() {
        return knowsReader;
    }

    /// A bit for each profile that the sender has itself.
    int senderHas() {
        return senderHas;
    }

    /// How many of the peers that the reader knows were in it.
    int named() {
        return named;
    }

    /// Whether whoever sent it lacks a profile that the reader knows.
    boolean isLacking(long peer, int profile) {
        int index = known.indexOf(peer);
        int theirs = theirProfiles[index];
        if (theirs == UNLISTED) {
            return isIn(table.shortIdOf(peer), partBits, part);
        }
        boolean same = theirs == known.profilesAt(index);
        boolean lacking = same || (theirs & 1 << profile) == 0;
        return lacking
                && !(same && theirVersions[index] == known.versionsAt(index))
                && known.ageAt(index) <= theirAges[index];
    }

    private void hear(PeerDigest in, int entry, BoundNode node) {
        long id = in.idAt(entry);
        int age = in.ageAt(entry);
        int has = in.profilesAt(entry) & 0xff;
        int folded = in.versionsAt(entry);
        if (id == table.shortIdOf(node.self())) {
            knowsReader =
                    has == KnownPeers.profilesOf(node, config.profiles())
                            && folded == KnownPeers.versionsOf(node, config.profiles());
            return;
        }
        long peer = table.find(id);
        int index = peer == PeerTable.NULL_PEER ? UNLISTED : known.indexOf(peer);
        if (index < 0 || age < 0) {
            return;
        }
        named++;
        theirAges[index] = age;
        theirProfiles[index] = has;
        theirVersions[index] = folded;
        boolean same = has == known.profilesAt(index) && folded == known.versionsAt(index);
        if (same && !node.failed.isStale(id, age)) {
            known.refresh(node, index, age);
        }
    }

    /// Adds a peer, if there is room and its age can be told.
    private void add(int index, Digest into) {
        if (into.isFull() || known.ageAt(index) > PeerDigest.MAX_AGE) {
            return;
        }
        into.add(
                table.shortIdOf(known.peerAt(index)),
                known.ageAt(index),
                known.profilesAt(index),
                known.versionsAt(index));
    }

    private static boolean isIn(long shortId, int bits, int number) {
        return bits == 0 || (shortId * GOLDEN) >>> (Long.SIZE - bits) == number;
    }
}
