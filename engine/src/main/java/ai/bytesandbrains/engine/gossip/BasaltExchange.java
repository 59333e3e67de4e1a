package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.KeyedHash;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.random.RandomGenerator;

/// Basalt: a view that those who shout loudest cannot own, for networks that anybody may join.
///
/// The view is made of v slots. Each slot has a secret random seed and holds, of all peers the node
/// has ever heard of since, the one of the smallest rank = hash(seed, id). To name a peer a
/// thousand times gains it nothing, so attackers come to hold the share of the slots that they have
/// of the identities, however hard they push. Slots get new seeds one after the other, so that the
/// sample stays fresh. Whole views are sent. The partner should be the peer met least often
/// ([PeerSelector#LEAST_HIT][ai.bytesandbrains.engine.overlay.PeerSelector#LEAST_HIT]).
///
/// What it cannot do: tell two identities of one attacker apart from two peers. It wants identities
/// that cost something; signed descriptors alone do not make them cost anything.
///
/// Different from the paper: the view lists each peer once, even one that won several slots, and
/// counts its hits once for all of them; dead peers are removed, and their slots go to the best of
/// the others; the rank is computed in two steps, a strong hash of the id under a secret of the
/// node and a cheap mix of that with the seed, which costs v strong hashes a message instead of v².
///
/// State: `{ key 2 words, credit, next slot to renew }`, then v times `{ seed, rank, handle }`.
/// Slots compare handles only: the references are those of the view.
///
/// Source: Auvolat, Bromberg, Frey, Taïani, "BASALT: A Rock-Solid Byzantine-Tolerant Peer Sampling
/// for Very Large Decentralized Networks", Middleware 2023.
final class BasaltExchange implements ViewExchange {

    /// @param slotLifePeriods a slot gets a new seed every so many periods; 0 is four times v
    record Factory(int slotLifePeriods) implements ExchangeFactory {

        @Override
        public int messageSize(int viewSize) {
            return viewSize + 1;
        }

        @Override
        public int stateLongs(int viewSize) {
            return SLOTS + viewSize * SLOT_LONGS;
        }

        @Override
        public ViewExchange create(GossipConfig config, PeerTable table, RandomGenerator random) {
            int life = slotLifePeriods == 0 ? 4 * config.viewSize() : slotLifePeriods;
            return new BasaltExchange(config.viewSize(), life, table, random);
        }
    }

    private static final int KEY0 = 0;
    private static final int KEY1 = 1;
    private static final int CREDIT = 2;
    private static final int CURSOR = 3;
    private static final int SLOTS = 4;
    private static final int SLOT_LONGS = 3;
    private static final int RANK = 1;
    private static final int HOLDER = 2;
    private static final int NONE = -1;

    private final int viewSize;
    private final int slotLifePeriods;
    private final PeerTable table;
    private final RandomGenerator random;

    private final long[] peers;
    private final long[] hashes;
    private final int[] ages;
    private final boolean[] won;
    private final long[] losers;
    private int count;

    private BasaltExchange(
            int viewSize, int slotLifePeriods, PeerTable table, RandomGenerator random) {
        this.viewSize = viewSize;
        this.slotLifePeriods = slotLifePeriods;
        this.table = table;
        this.random = random;
        int most = viewSize + 1;
        peers = new long[most];
        hashes = new long[most];
        ages = new int[most];
        won = new boolean[most];
        losers = new long[viewSize];
    }

    @Override
    public void start(GossipView view) {
        view.setState(KEY0, random.nextLong());
        view.setState(KEY1, random.nextLong());
        // Not all nodes renew at the same time.
        view.setState(CREDIT, random.nextInt(slotLifePeriods));
        for (int slot = 0; slot < viewSize; slot++) {
            reseed(view, slot);
        }
    }

    /// Sends the whole view.
    @Override
    public void prepare(GossipView view, ExchangeBuffer out) {
        for (int i = 0; i < view.size(); i++) {
            out.add(view.peerAt(i), view.ageAt(i));
        }
    }

    @Override
    public void merge(GossipView view, ExchangeBuffer received, long[] sent, int sentCount) {
        count = 0;
        for (int i = 0; i < received.size(); i++) {
            meet(view, received.peerAt(i), received.ageAt(i));
        }
        offerNewcomers(view);
    }

    /// {@inheritDoc}
    ///
    /// It gets in if it wins a slot, which in a full view it may well not.
    @Override
    public boolean insert(GossipView view, long peer, int age) {
        count = 0;
        append(view, peer, age);
        offerNewcomers(view);
        return won[0];
    }

    @Override
    public void onChosen(GossipView view, int index) {
        view.addHit(index);
    }

    @Override
    public void onRemoved(GossipView view, long peer) {
        takeView(view);
        for (int slot = 0; slot < viewSize; slot++) {
            if (view.state(at(slot) + HOLDER) == peer) {
                vacate(view, slot);
                offer(view, slot);
            }
        }
    }

    @Override
    public void onPeriod(GossipView view) {
        long credit = view.state(CREDIT) + viewSize;
        for (; credit >= slotLifePeriods; credit -= slotLifePeriods) {
            int slot = (int) view.state(CURSOR);
            view.setState(CURSOR, (slot + 1) % viewSize);
            renew(view, slot);
        }
        view.setState(CREDIT, credit);
    }

    /// A new seed; the best of those in the view gets the slot.
    private void renew(GossipView view, int slot) {
        long holder = view.state(at(slot) + HOLDER);
        takeView(view);
        reseed(view, slot);
        offer(view, slot);
        if (holder != PeerTable.NULL_PEER) {
            dropIfSlotless(view, holder);
        }
    }

    /// A peer of the view is met once more; another one becomes a newcomer.
    private void meet(GossipView view, long peer, int age) {
        int known = view.indexOf(peer);
        if (known >= 0) {
            view.setAge(known, Math.min(view.ageAt(known), age));
            view.addHit(known);
            view.release(peer);
            return;
        }
        for (int i = 0; i < count; i++) {
            if (peers[i] == peer) {
                ages[i] = Math.min(ages[i], age);
                view.release(peer);
                return;
            }
        }
        append(view, peer, age);
    }

    /// Lets all slots choose among the newcomers; those whom none takes are given back.
    private void offerNewcomers(GossipView view) {
        int lost = 0;
        for (int slot = 0; slot < viewSize; slot++) {
            long before = view.state(at(slot) + HOLDER);
            if (offer(view, slot) && before != PeerTable.NULL_PEER) {
                losers[lost++] = before;
            }
        }
        for (int i = 0; i < lost; i++) {
            dropIfSlotless(view, losers[i]);
        }
        for (int i = 0; i < count; i++) {
            if (won[i]) {
                view.add(peers[i], ages[i]);
                view.addHit(view.size() - 1);
                view.reportAdded(peers[i]);
            } else {
                view.release(peers[i]);
            }
        }
    }

    /// Gives a slot to the best of the listed peers, if it is better than its holder.
    private boolean offer(GossipView view, int slot) {
        int at = at(slot);
        long seed = view.state(at);
        long best = view.state(at + RANK);
        boolean vacant = view.state(at + HOLDER) == PeerTable.NULL_PEER;
        int winner = NONE;
        for (int i = 0; i < count; i++) {
            long rank = KeyedHash.mix(hashes[i] ^ seed);
            if (Long.compareUnsigned(rank, best) < 0 || (vacant && winner == NONE)) {
                best = rank;
                winner = i;
            }
        }
        if (winner == NONE) {
            return false;
        }
        won[winner] = true;
        view.setState(at + RANK, best);
        view.setState(at + HOLDER, peers[winner]);
        return true;
    }

    /// Evicts a peer that holds no slot any more; it may have left before.
    private void dropIfSlotless(GossipView view, long peer) {
        for (int slot = 0; slot < viewSize; slot++) {
            if (view.state(at(slot) + HOLDER) == peer) {
                return;
            }
        }
        int index = view.indexOf(peer);
        if (index >= 0) {
            view.removeAt(index);
            view.reportEvicted(peer);
            view.reserve(peer);
        }
    }

    private void takeView(GossipView view) {
        count = 0;
        for (int i = 0; i < view.size(); i++) {
            append(view, view.peerAt(i), view.ageAt(i));
        }
    }

    private void append(GossipView view, long peer, int age) {
        peers[count] = peer;
        ages[count] = age;
        won[count] = false;
        hashes[count] = KeyedHash.hash(view.state(KEY0), view.state(KEY1), table.shortIdOf(peer));
        count++;
    }

    private void reseed(GossipView view, int slot) {
        view.setState(at(slot), random.nextLong());
        vacate(view, slot);
    }

    private static void vacate(GossipView view, int slot) {
        view.setState(at(slot) + RANK, -1);
        view.setState(at(slot) + HOLDER, PeerTable.NULL_PEER);
    }

    private static int at(int slot) {
        return SLOTS + slot * SLOT_LONGS;
    }
}
