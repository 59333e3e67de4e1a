package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.PeerTable;

/// Lets what a node knows grow old, cycle by cycle, and forgets peers of whom nobody has heard for
/// too long. Age is a peer's, not a profile's: who has been heard of by one of its profiles lives,
/// and so do the others.
///
/// A node that remembers much hears of each peer more rarely. Where profiles are passed on at
/// random, so that everybody may know everybody, "too long" is therefore measured by how often
/// peers are named; elsewhere it is what the configuration says.
///
/// Scratch of one [SemanticLogic]; allocates nothing.
final class Ageing {

    /// News of a peer comes through others, who had to hear of it first: a peer that lives is
    /// nearly always heard of, freshly enough, within so many times the mean pause.
    private static final int PATIENCE = 6;

    /// But nobody is believed in for longer than so many times the configured age.
    private static final int MOST_PATIENCE = 8;

    private final SemanticConfig config;
    private final PeerTable table;
    private final KnownPeers known;

    Ageing(SemanticConfig config, PeerTable table, KnownPeers known) {
        this.config = config;
        this.table = table;
        this.known = known;
    }

    /// Ends a cycle of a node.
    void endCycle(BoundNode node) {
        node.nextCycle();
        node.learning.endCycle();
        known.gather(node);
        int maxAge = maxAge(node.learning);
        node.setMaxAge(maxAge);
        for (int profile = 0; profile < config.profiles(); profile++) {
            EntryList view = node.view(profile);
            for (int i = view.size() - 1; i >= 0; i--) {
                if (growOlder(view, i) > maxAge) {
                    table.release(view.peerAt(i));
                    view.removeAt(i);
                }
            }
        }
        for (int i = node.seen.list.size() - 1; i >= 0; i--) {
            if (growOlder(node.seen.list, i) > maxAge) {
                node.seen.removeAt(i);
            }
        }
    }

    private int maxAge(Learning learning) {
        if (config.randomEntries() == 0) {
            return config.maxAge();
        }
        long patience = (long) PATIENCE * learning.cyclesBetweenNews(known.count());
        long most = (long) MOST_PATIENCE * config.maxAge();
        return (int) Math.min(config.maxAge() + patience, most);
    }

    private int growOlder(EntryList list, int index) {
        int age = known.ageAt(known.indexOf(list.peerAt(index))) + 1;
        list.setAge(index, age);
        return age;
    }
}
