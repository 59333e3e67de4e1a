package ai.bytesandbrains.engine.semantic;

import java.util.Arrays;

/// What a node knows, peer by peer: how long ago somebody last heard of each, and which of its
/// profiles the node has. Gathered anew from the node's lists whenever it is wanted.
///
/// Scratch of one [SemanticLogic]; allocates nothing.
final class KnownPeers {

    /// A place in what was seen rather than in a view.
    private static final int SEEN = -1;

    private static final int VERSION_PRIME = 31;
    private static final int VERSIONS_MASK = 0xffff;

    private final SemanticConfig config;
    private final int[] buckets;
    private final long[] peers;
    private final int[] ages;
    private final int[] profiles;
    private final int[] versions;
    private final int[] lists;
    private final int[] places;
    private int mask;
    private int count;

    /// @param most the most profiles that a node knows
    KnownPeers(SemanticConfig config, int most) {
        this.config = config;
        buckets = new int[Integer.highestOneBit(Math.max(1, most)) * 4];
        peers = new long[most];
        ages = new int[most];
        profiles = new int[most];
        versions = new int[most * SemanticConfig.MAX_PROFILES];
        lists = new int[most];
        places = new int[most];
    }

    KnownPeers gather(BoundNode node) {
        int known = node.seen.list.size();
        for (int profile = 0; profile < config.profiles(); profile++) {
            known += node.view(profile).size();
        }
        int used = Integer.highestOneBit(Math.max(1, known)) * 4;
        mask = used - 1;
        count = 0;
        Arrays.fill(buckets, 0, used, 0);
        for (int profile = 0; profile < config.profiles(); profile++) {
            note(node.view(profile), profile);
        }
        note(node.seen.list, SEEN);
        return this;
    }

    int count() {
        return count;
    }

    /// The number of a peer, or -1.
    int indexOf(long peer) {
        return buckets[bucketOf(peer)] - 1;
    }

    long peerAt(int index) {
        return peers[index];
    }

    int ageAt(int index) {
        return ages[index];
    }

    /// A bit for each profile of a peer that the node has.
    int profilesAt(int index) {
        return profiles[index];
    }

    /// What differs, but for chance, where the versions of a peer's profiles do.
    int versionsAt(int index) {
        int folded = 0;
        for (int profile = 0; profile < SemanticConfig.MAX_PROFILES; profile++) {
            if ((profiles[index] & 1 << profile) != 0) {
                folded = fold(folded, versions[index * SemanticConfig.MAX_PROFILES + profile]);
            }
        }
        return folded & VERSIONS_MASK;
    }

    /// The same of a node's own profiles.
    static int versionsOf(BoundNode node, int most) {
        int folded = 0;
        for (int profile = 0; profile < most; profile++) {
            if (node.hasProfile(profile)) {
                folded = fold(folded, node.versionOf(profile));
            }
        }
        return folded & VERSIONS_MASK;
    }

    /// A bit for each profile that a node has itself.
    static int profilesOf(BoundNode node, int most) {
        int has = 0;
        for (int profile = 0; profile < most; profile++) {
            has |= node.hasProfile(profile) ? 1 << profile : 0;
        }
        return has;
    }

    /// Takes note that somebody has heard of a peer more lately.
    void refresh(BoundNode node, int index, int age) {
        if (age < ages[index]) {
            ages[index] = age;
            EntryList list = lists[index] == SEEN ? node.seen.list : node.view(lists[index]);
            list.setAge(places[index], age);
        }
    }

    private static int fold(int folded, int version) {
        return folded * VERSION_PRIME + version;
    }

    private void note(EntryList list, int number) {
        int size = list.size();
        for (int i = 0; i < size; i++) {
            int index = find(list.peerAt(i), list.ageAt(i), number, i);
            ages[index] = Math.min(ages[index], list.ageAt(i));
            int profile = list.profileAt(i);
            int at = index * SemanticConfig.MAX_PROFILES + profile;
            // The same profile may be in several lists.
            boolean known = (profiles[index] & 1 << profile) != 0;
            versions[at] = known ? Math.max(versions[at], list.versionAt(i)) : list.versionAt(i);
            profiles[index] |= 1 << profile;
        }
    }

    private int find(long peer, int age, int list, int place) {
        int bucket = bucketOf(peer);
        if (buckets[bucket] == 0) {
            peers[count] = peer;
            ages[count] = age;
            profiles[count] = 0;
            lists[count] = list;
            places[count] = place;
            buckets[bucket] = ++count;
        }
        return buckets[bucket] - 1;
    }

    private int bucketOf(long peer) {
        int at = Long.hashCode(peer * 0x9e3779b97f4a7c15L) & mask;
        while (buckets[at] != 0 && peers[buckets[at] - 1] != peer) {
            at = at + 1 & mask;
        }
        return at;
    }
}
