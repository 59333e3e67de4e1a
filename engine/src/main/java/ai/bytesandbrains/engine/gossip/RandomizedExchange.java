package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.random.RandomGenerator;

/// How views are prepared for sending and merged after receiving: the algorithm of Jelasity et al.
/// 2007, figure 1, with healing (H) and swap (S).
///
/// The paper keeps the view as a list: what is sent comes to its head, and swap removes from the
/// head. Here the view is never permuted (a copy of it is), and what the head would be is known by
/// identity, since another exchange may change the view between a request and its
/// answer: what this very exchange has sent, whether or not it came back younger, then others that
/// were in the view before. Of equally old entries, healing takes one of the head first. In-degrees
/// come out as in the paper only if all three hold: with a swap that spares what came back younger
/// their deviation is an eighth larger, and with healing blind to the head clustering is a tenth
/// larger.
///
/// What depends on chance is added up rather than branched on: a merge is short, and a processor
/// that guesses wrong a dozen times in it loses as much time as the work takes.
final class RandomizedExchange implements ViewExchange {

    /// Half a view goes into a message.
    record Factory() implements ExchangeFactory {

        @Override
        public int messageSize(int viewSize) {
            return viewSize / 2;
        }

        @Override
        public ViewExchange create(GossipConfig config, PeerTable table, RandomGenerator random) {
            return new RandomizedExchange(config, random);
        }
    }

    private static final int NOWHERE = -1;
    private static final int GONE = -1;

    private final int viewSize;
    private final int healing;
    private final int swap;
    private final int exchangeSize;
    private final RandomGenerator random;

    /// The view, and behind it what was received that is not in it.
    private final long[] peers;

    private final int[] ages;

    /// In a merge twice the age, plus one for what was just sent: of equally old entries it goes
    /// first. [#GONE] for those that leave.
    private final int[] keys;

    /// Where what was just sent is, or [#NOWHERE].
    private final int[] places;

    /// Places of entries, some of which are to be chosen.
    private final int[] candidates;

    private final long[] leaving;
    private final PlaceIndex index;

    /// How many of the entries were in the view.
    private int known;

    /// How many entries there are, those that leave included.
    private int size;

    private int leavingCount;

    RandomizedExchange(GossipConfig config, RandomGenerator random) {
        this.viewSize = config.viewSize();
        this.healing = config.healing();
        this.swap = config.swap();
        this.exchangeSize = config.exchangeSize();
        this.random = random;
        int most = viewSize + exchangeSize;
        this.peers = new long[most];
        this.ages = new int[most];
        this.keys = new int[most];
        this.places = new int[exchangeSize];
        this.candidates = new int[most];
        this.leaving = new long[most];
        this.index = new PlaceIndex(most);
    }

    /// Adds a random part of the view, from which the H oldest are kept out as long as there are
    /// enough others.
    @Override
    public void prepare(GossipView view, ExchangeBuffer out) {
        int count = view.copyTo(peers, ages);
        int young = count;
        while (young > Math.max(0, count - healing)) {
            swapEntries(oldestOf(young), --young);
        }
        int most = Math.min(exchangeSize - 1, count);
        for (int i = 0; i < most; i++) {
            if (i < young) {
                swapEntries(i, i + random.nextInt(young - i));
            }
            out.add(peers[i], ages[i]);
        }
    }

    @Override
    public void merge(GossipView view, ExchangeBuffer received, long[] sent, int sentCount) {
        known = view.copyTo(peers, ages);
        size = known;
        index.clear();
        for (int i = 0; i < size; i++) {
            index.put(peers, i);
        }
        for (int i = 0; i < received.size(); i++) {
            receive(view, received.peerAt(i), received.ageAt(i));
        }
        for (int i = 0; i < size; i++) {
            keys[i] = ages[i] << 1;
        }
        markSent(sent, sentCount);
        leavingCount = 0;
        removeOldest(view, Math.min(healing, surplus()));
        removeHead(view, Math.min(swap, surplus()), sentCount);
        if (surplus() > 0) {
            removeSome(view, listThoseLeft(size), surplus());
        }
        view.reserve(leaving, leavingCount);
        closeGaps(view);
    }

    /// {@inheritDoc}
    ///
    /// The oldest leaves if there is no room.
    @Override
    public boolean insert(GossipView view, long peer, int age) {
        if (view.size() == viewSize) {
            int oldest = PeerSelector.TAIL.select(view, random);
            long evicted = view.peerAt(oldest);
            view.removeAt(oldest);
            view.reportEvicted(evicted);
            view.reserve(evicted);
        }
        view.add(peer, age);
        view.reportAdded(peer);
        return true;
    }

    private void receive(GossipView view, long peer, int age) {
        int place = index.get(peers, peer);
        if (place >= 0) {
            view.release(peer);
            ages[place] = Math.min(ages[place], age);
            return;
        }
        peers[size] = peer;
        ages[size] = age;
        index.put(peers, size);
        size++;
    }

    private void markSent(long[] sent, int sentCount) {
        for (int i = 0; i < sentCount; i++) {
            int place = index.get(peers, sent[i]);
            boolean isThere = place >= 0 && place < known;
            places[i] = isThere ? place : NOWHERE;
            if (isThere) {
                keys[place] |= 1;
            }
        }
    }

    private void removeOldest(GossipView view, int count) {
        int removed = 0;
        while (removed < count) {
            removed += removeSome(view, listGreatest(keys, size), count - removed);
        }
    }

    private void removeHead(GossipView view, int count, int sentCount) {
        int removed = 0;
        for (int i = 0; i < sentCount && removed < count; i++) {
            if (places[i] != NOWHERE && keys[places[i]] != GONE) {
                remove(view, places[i]);
                removed++;
            }
        }
        if (removed < count) {
            removeSome(view, listThoseLeft(known), count - removed);
        }
    }

    private int surplus() {
        return size - leavingCount - viewSize;
    }

    /// Lists the places before `end` whose entries do not leave.
    private int listThoseLeft(int end) {
        int count = 0;
        for (int i = 0; i < end; i++) {
            candidates[count] = i;
            count += keys[i] == GONE ? 0 : 1;
        }
        return count;
    }

    /// Removes up to `most` of the first candidates, any of them.
    ///
    /// @return how many
    private int removeSome(GossipView view, int count, int most) {
        int removed = Math.min(count, most);
        for (int i = 0; i < removed; i++) {
            int rest = count - i;
            int chosen = rest == 1 ? 0 : random.nextInt(rest);
            remove(view, candidates[chosen]);
            candidates[chosen] = candidates[rest - 1];
        }
        return removed;
    }

    private void remove(GossipView view, int place) {
        keys[place] = GONE;
        if (place < known) {
            view.reportEvicted(peers[place]);
        }
        leaving[leavingCount++] = peers[place];
    }

    /// Writes what is left into the view.
    private void closeGaps(GossipView view) {
        int end = 0;
        int old = 0;
        for (int i = 0; i < size; i++) {
            peers[end] = peers[i];
            ages[end] = ages[i];
            int stays = keys[i] == GONE ? 0 : 1;
            end += stays;
            old += i < known ? stays : 0;
        }
        view.replace(peers, ages, end);
        for (int i = old; i < end; i++) {
            view.reportAdded(peers[i]);
        }
    }

    /// One of the oldest of the first entries.
    private int oldestOf(int end) {
        int ties = listGreatest(ages, end);
        return candidates[ties == 1 ? 0 : random.nextInt(ties)];
    }

    /// Lists the places before `end` of the greatest value.
    ///
    /// @return how many
    private int listGreatest(int[] values, int end) {
        int greatest = values[0];
        int ties = 0;
        int i = 0;
        do {
            int value = values[i];
            ties = value > greatest ? 0 : ties;
            greatest = Math.max(greatest, value);
            candidates[ties] = i;
            ties += value == greatest ? 1 : 0;
            i++;
        } while (i != end);
        return ties;
    }

    private void swapEntries(int a, int b) {
        long peer = peers[a];
        peers[a] = peers[b];
        peers[b] = peer;
        int age = ages[a];
        ages[a] = ages[b];
        ages[b] = age;
    }
}
