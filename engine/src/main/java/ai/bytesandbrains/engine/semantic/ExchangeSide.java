package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.DescriptorPolicy;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

/// The exchanges of a node, those that it starts and those that it answers: profiles for profiles.
///
/// A refused send changes nothing: an exchange that is owed is tried again at the next poll, and an
/// answer is left to the asker's next cycle.
final class ExchangeSide {

    /// A node has not settled while more than one near peer in so many is new.
    private static final int UNSETTLED_SHARE = 4;

    private static final int UNSETTLED_SPEED = 2;

    /// A newcomer hurries to so many exchanges at most, and while it has not met all of so many
    /// nearest peers.
    private static final int MOST_HURRIED = 16;

    private static final int NEAREST_TO_MEET = 10;

    /// News as old as that are of a network that was there before a newcomer.
    private static final int OLD_NEWS = 2;

    /// Who hurries waits for this part of the usual time.
    private static final int HURRY = 4;

    private static final long FAR_NS = 1L << 60;

    private final SemanticConfig config;
    private final BoundNode node;
    private final ProfileSpace space;
    private final PeerTable table;
    private final DescriptorPolicy policy;
    private final RandomGenerator random;
    private final SemanticCounters counters;
    private final OutgoingMessage message;
    private final IncomingEntries incoming;
    private final ViewSelection selection;
    private final PartnerChoice partners;
    private final Ageing ageing;
    private final ExchangeContent content;
    private final DigestSide digests;
    private final PeerDescriptor sender = new PeerDescriptor();
    private final MemorySegment prepared;

    ExchangeSide(
            SemanticConfig config,
            BoundNode node,
            ProfileSpace space,
            PeerTable table,
            DescriptorPolicy policy,
            RandomGenerator random,
            SemanticCounters counters,
            OutgoingMessage message,
            IncomingEntries incoming,
            ViewSelection selection,
            PartnerChoice partners,
            Ageing ageing,
            ExchangeContent content,
            DigestSide digests,
            Arena arena) {
        this.config = config;
        this.node = node;
        this.space = space;
        this.table = table;
        this.policy = policy;
        this.random = random;
        this.counters = counters;
        this.message = message;
        this.incoming = incoming;
        this.selection = selection;
        this.partners = partners;
        this.ageing = ageing;
        this.content = content;
        this.digests = digests;
        prepared = arena.allocate(space.preparedBytes(), 64);
    }

    int poll(int slot, long nowNs) {
        int work = 0;
        if (isWaiting() && nowNs - node.requestStart() >= timeoutNs()) {
            onSilence();
            work++;
        }
        if (node.takeCycle(nowNs)) {
            ageing.endCycle(node);
        }
        if (nowNs - node.nextExchange() >= 0) {
            long pauseNs = config.periodNs() / speed();
            long next = node.nextExchange() + pauseNs;
            // A node that was paused does not make up for what it missed.
            node.setNextExchange(next - nowNs > 0 ? next : nowNs + pauseNs);
            node.setOwed(true);
            work++;
        }
        if (node.isOwed() && !isWaiting()) {
            work += startExchange(slot, nowNs);
        }
        return work;
    }

    long nextDeadlineNs(long nowNs) {
        long wait = Math.min(FAR_NS, node.nextExchange() - nowNs);
        if (isWaiting()) {
            wait = Math.min(wait, node.requestStart() + timeoutNs() - nowNs);
        } else if (node.isOwed()) {
            wait = 0;
        }
        return nowNs + Math.max(wait, 0);
    }

    /// Takes an exchange of somebody else. The answer is prepared before the merge, so that nobody
    /// is sent back what he sent.
    int onExchange(long from, SemanticMessage in, long nowNs) {
        in.sender(sender);
        if (!sender.isValid() || sender.shortId() == table.shortIdOf(node.self())) {
            counters.rejected++;
            return 0;
        }
        long asker = policy.acquire(sender, false, nowNs);
        if (asker == PeerTable.NULL_PEER) {
            counters.rejected++;
            return 0;
        }
        int work = 0;
        if (from != PeerTable.NULL_PEER && from != asker) {
            counters.rejected++;
        } else if (node.allowsExchange(nowNs)) {
            work = answer(asker, in, nowNs);
        } else {
            counters.overBudget++;
            work = refuse(asker, in.requestId());
        }
        table.release(asker);
        return work;
    }

    /// Takes an answer. It must come from who was asked and name the request.
    int onReply(long from, SemanticMessage in, long nowNs) {
        if (!isWaiting() || node.partner() != from || node.requestId() != in.requestId()) {
            counters.unsolicited++;
            return 0;
        }
        counters.completed++;
        learn(from, in, node.requestProfile(), nowNs);
        node.endRequest();
        return 1;
    }

    void onConnectionFailed(long peer) {
        if (isWaiting() && node.partner() == peer) {
            node.endRequest();
        }
        node.failed.record(table.shortIdOf(peer));
        node.remove(peer);
    }

    /// What others know of a profile that has changed is wrong now, and so are the distances to it.
    void onProfileChanged(int profile) {
        EntryList view = node.view(profile);
        if (!node.hasProfile(profile)) {
            node.releaseAll(view);
            return;
        }
        selection.measure(profile);
        incoming.list.clear();
        selection.merge(profile, incoming.list);
    }

    private long timeoutNs() {
        long timeoutNs = config.requestTimeoutNs();
        return node.isHurrying() ? Math.max(1, timeoutNs / HURRY) : timeoutNs;
    }

    private boolean isWaiting() {
        return node.partner() != PeerTable.NULL_PEER;
    }

    private int startExchange(int slot, long nowNs) {
        int profile = node.nextProfile();
        long partner = partners.choose(slot, profile);
        if (partner == PeerTable.NULL_PEER) {
            node.setOwed(false);
            return 0;
        }
        long requestId = random.nextLong();
        message.begin(SemanticKind.EXCHANGE, requestId, node.self());
        content.ask(profile, partner);
        if (!message.send(partner)) {
            return 0;
        }
        counters.started++;
        node.startRequest(requestId, partner, profile, nowNs);
        if (profile != BoundNode.NONE) {
            node.setLastProfile(profile);
        }
        node.setOwed(false);
        if (node.introduced.last() == partner) {
            node.introduced.removeLast();
        }
        return 1;
    }

    private void hear(SemanticMessage in) {
        if (!content.hear(in)) {
            counters.rejected++;
        }
    }

    private int answer(long asker, SemanticMessage in, long nowNs) {
        node.failed.forgive(sender.shortId());
        incoming.read(in, node, asker, false, nowNs);
        hear(in);
        int profile = incoming.list.size() > 0 ? nearestProfile() : node.nextProfile();
        message.begin(SemanticKind.EXCHANGE_REPLY, in.requestId(), node.self());
        content.answer(profile, asker, incoming.list);
        if (!message.send(asker)) {
            incoming.release();
            return 0;
        }
        counters.answered++;
        merge(asker, profile, 0);
        return 1;
    }

    /// "Alive, but not now": an answer without entries, smaller than what it answers.
    private int refuse(long asker, long requestId) {
        message.begin(SemanticKind.EXCHANGE_REPLY, requestId, node.self());
        return message.send(asker) ? 1 : 0;
    }

    private void learn(long from, SemanticMessage in, int profile, long nowNs) {
        node.failed.forgive(table.shortIdOf(from));
        incoming.read(in, node, from, true, nowNs);
        boolean there = profile != BoundNode.NONE && node.hasProfile(profile);
        boolean old = node.isNewcomer() && hasOldNews();
        hear(in);
        merge(from, there ? profile : BoundNode.NONE, config.messageEntries());
        if (old && there && node.hurried() < MOST_HURRIED && hasToMeet(profile)) {
            node.hurry();
        }
    }

    private boolean hasOldNews() {
        for (int i = 0; i < incoming.list.size(); i++) {
            if (incoming.list.ageAt(i) >= OLD_NEWS) {
                return true;
            }
        }
        return false;
    }

    /// A newcomer is in its place when those who are nearest have heard of it.
    private boolean hasToMeet(int profile) {
        EntryList view = node.view(profile);
        for (int i = 0; i < Math.min(NEAREST_TO_MEET, view.size()); i++) {
            if (!view.is(EntryList.MET, i)) {
                return true;
            }
        }
        return false;
    }

    /// @param room how many profiles might have come
    private void merge(long from, int profile, int room) {
        EntryList list = incoming.list;
        int size = list.size();
        int own = 0;
        int peers = 0;
        for (int i = 0; i < size; i++) {
            if (list.is(EntryList.DIRECT, i)) {
                own |= 1 << list.profileAt(i);
                refreshOthers(from, i, profile);
            }
            peers += i == 0 || list.peerAt(i) != list.peerAt(i - 1) ? 1 : 0;
        }
        if (own != 0 || digests.hasHeard()) {
            node.forgetOthers(from, own | digests.senderHas());
        }
        node.takeNews();
        if (profile == BoundNode.NONE) {
            for (int i = 0; i < size; i++) {
                node.see(list, i);
            }
            incoming.release();
        } else {
            selection.merge(profile, list);
        }
        node.learning.note(Math.max(size, room), node.takeNews(), peers + digests.named());
    }

    /// While many newcomers are nearer than those whom the node knew, it has not found its place
    /// yet, and looks for it at twice the pace. Where everybody may know everybody, a node that
    /// knows few of them yet is faster still.
    private int speed() {
        boolean unsettled = node.takeNewcomers() > config.nearSize() / UNSETTLED_SHARE;
        boolean learns = config.randomEntries() > 0 && !node.hasForgotten();
        return Math.max(unsettled ? UNSETTLED_SPEED : 1, learns ? node.learning.speed() : 1);
    }

    /// What a peer says of itself holds in the views of the other profiles too.
    private void refreshOthers(long from, int direct, int merged) {
        EntryList list = incoming.list;
        for (int profile = 0; profile < config.profiles(); profile++) {
            EntryList view = node.view(profile);
            int known =
                    profile == merged ? BoundNode.NONE : view.indexOf(from, list.profileAt(direct));
            if (known >= 0) {
                view.update(known, list, direct);
                space.prepare(node.rows(), node.rowOf(profile), prepared, 0);
                view.setDistance(
                        known, space.distance(prepared, 0, view.memory(), view.rowAt(known)));
            }
        }
    }

    /// The node's own profile that is nearest to the first entry that came, or [BoundNode#NONE].
    private int nearestProfile() {
        space.prepare(incoming.list.memory(), incoming.list.rowAt(0), prepared, 0);
        int nearest = BoundNode.NONE;
        float least = Float.POSITIVE_INFINITY;
        for (int profile = 0; profile < config.profiles(); profile++) {
            if (node.hasProfile(profile)) {
                float distance = space.distance(prepared, 0, node.rows(), node.rowOf(profile));
                if (nearest == BoundNode.NONE || distance < least) {
                    nearest = profile;
                    least = distance;
                }
            }
        }
        return nearest;
    }

    /// One silence may be a lost message; who was silent twice in a row is dead. The exchange is
    /// made up for at once: where many die, a node would do nothing else than find it out.
    private void onSilence() {
        long partner = node.partner();
        counters.silences++;
        node.setOwed(true);
        if (node.failed.record(table.shortIdOf(partner))) {
            counters.deaths++;
            node.remove(partner);
        }
        node.endRequest();
    }
}
