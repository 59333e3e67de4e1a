package ai.bytesandbrains.engine.semantic;

/// What exchanges and their answers carry: profiles of the node's own, whom it knows, and of what
/// it knows that which is of use to the other.
///
/// Scratch of one [SemanticLogic]; allocates nothing.
final class ExchangeContent {

    private final SemanticConfig config;
    private final BoundNode node;
    private final OutgoingMessage message;
    private final EntryChooser chooser;
    private final KnownPeers known;
    private final DigestSide digests;

    ExchangeContent(
            SemanticConfig config,
            BoundNode node,
            OutgoingMessage message,
            EntryChooser chooser,
            KnownPeers known,
            DigestSide digests) {
        this.config = config;
        this.node = node;
        this.message = message;
        this.chooser = chooser;
        this.known = known;
        this.digests = digests;
    }

    /// Takes in whom the sender of a message knows, if it says so.
    ///
    /// @return false if that makes no sense
    boolean hear(SemanticMessage in) {
        known.gather(node);
        return digests.hear(in.digest(), node);
    }

    /// Fills a request: a node that tells whom it knows sends nothing else but its own profiles,
    /// and one that has nothing to tell listens.
    ///
    /// @param profile the node's profile, or [BoundNode#NONE]
    void ask(int profile, long partner) {
        boolean tells = digests.tells(node);
        if (profile != BoundNode.NONE) {
            addOwn(profile, tells && node.hasMet(partner));
        }
        if (tells) {
            known.gather(node);
            digests.tell(node, partner, message.digest());
        } else if (profile != BoundNode.NONE) {
            aimAt(partner, node.view(profile));
            chooseFor(partner, false);
        }
    }

    /// Fills an answer to the message that was heard last.
    ///
    /// @param profile the node's profile, or [BoundNode#NONE]
    /// @param told what came with it, the asker's own profile first
    void answer(int profile, long asker, EntryList told) {
        if (digests.tells(node) && digests.hasHeard()) {
            digests.tell(node, asker, message.digest());
        }
        if (profile != BoundNode.NONE) {
            addOwn(profile, digests.knowsReader());
            if (told.size() > 0) {
                chooser.near(told.memory(), told.rowAt(0));
            } else {
                chooser.any();
            }
            chooseFor(asker, digests.hasHeard());
        }
    }

    /// One profile of the node's own, and the others for whoever may not know them.
    private void addOwn(int profile, boolean isKnown) {
        if (isKnown) {
            message.addOwn(node, profile);
        } else {
            message.addOwnFrom(node, profile, config.profiles());
        }
    }

    /// What is sent is near to whom it is for; if his profile is not known, anything is.
    private void aimAt(long partner, EntryList view) {
        int inView = view.indexOf(partner);
        int at = inView < 0 ? node.seen.indexOf(partner) : inView;
        if (at < 0) {
            chooser.any();
        } else {
            EntryList list = inView < 0 ? node.seen.list : view;
            chooser.near(list.memory(), list.rowAt(at));
        }
    }

    /// Most entries are what the message is aimed at; some are any, by which profiles get around
    /// whom nobody near has use for.
    ///
    /// @param lacking whether only what the partner lacks is of use, by the list that it has sent
    private void chooseFor(long partner, boolean lacking) {
        for (int profile = 0; profile < config.profiles(); profile++) {
            choose(node.view(profile), partner, lacking);
        }
        choose(node.seen.list, partner, lacking);
        chooser.into(message, config.messageEntries() - config.randomEntries())
                .anyInto(message, config.randomEntries());
    }

    private void choose(EntryList list, long partner, boolean lacking) {
        if (lacking) {
            chooser.from(list, partner, digests);
        } else {
            chooser.from(list, partner);
        }
    }
}
