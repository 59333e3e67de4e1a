package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.random.RandomGenerator;

/// How views are prepared for sending and merged after receiving: the algorithm of Jelasity et al.
/// 2007, figure 1, with healing (H) and swap (S).
///
/// The paper keeps the view as a list: what is sent comes to its head, and swap removes from the
/// head. Here the view is never permuted (the order of a scratch array is), and what the head would
/// be is known by identity, since another exchange may change the view between a request and its
/// answer: what this very exchange has sent, whether or not it came back younger, then others that
/// were in the view before. Of equally old entries, healing takes one of the head first. In-degrees
/// come out as in the paper only if all three hold: with a swap that spares what came back younger
/// their deviation is an eighth larger, and with healing blind to the head clustering is a tenth
/// larger.
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

    private static final int NEWCOMER = -2;
    private static final int FROM_VIEW = -1;
    private static final int GONE = -1;

    private final int viewSize;
    private final int healing;
    private final int swap;
    private final int exchangeSize;
    private final RandomGenerator random;

    private final int[] order;
    private final long[] peers;
    private final int[] ages;
    private final int[] keys;

    /// Where an entry is from: [#NEWCOMER], [#FROM_VIEW], or, from the view and just sent, its
    /// place in what was sent.
    private final int[] origins;

    /// Where what was sent is now: an index, or [#GONE].
    private final int[] places;

    private final PlaceIndex index;
    private int size;

    RandomizedExchange(GossipConfig config, RandomGenerator random) {
        this.viewSize = config.viewSize();
        this.healing = config.healing();
        this.swap = config.swap();
        this.exchangeSize = config.exchangeSize();
        this.random = random;
        this.order = new int[viewSize];
        int most = viewSize + exchangeSize;
        this.peers = new long[most];
        this.ages = new int[most];
        this.keys = new int[most];
        this.origins = new int[most];
        this.places = new int[exchangeSize];
        this.index = new PlaceIndex(most);
    }

    /// Adds a random part of the view, from which the H oldest are kept out as long as there are
    /// enough others.
    @Override
    public void prepare(GossipView view, ExchangeBuffer out) {
        int count = view.copyTo(peers, ages);
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        for (int end = count; end > Math.max(0, count - healing); end--) {
            int oldest = 0;
            for (int i = 1; i < end; i++) {
                if (ages[order[i]] > ages[order[oldest]]) {
                    oldest = i;
                }
            }
            int moved = order[oldest];
            order[oldest] = order[end - 1];
            order[end - 1] = moved;
        }
        for (int i = 0; i < Math.min(exchangeSize - 1, count); i++) {
            out.add(peers[order[i]], ages[order[i]]);
        }
    }

    @Override
    public void merge(GossipView view, ExchangeBuffer received, long[] sent, int sentCount) {
        size = view.copyTo(peers, ages);
        index.clear();
        for (int i = 0; i < size; i++) {
            origins[i] = FROM_VIEW;
            index.put(peers, i);
        }
        for (int i = 0; i < received.size(); i++) {
            receive(view, received.peerAt(i), received.ageAt(i));
        }
        markSent(sent, sentCount);
        removeOldest(view, Math.min(healing, size - viewSize));
        removeHead(view, Math.min(swap, size - viewSize), sentCount);
        while (size > viewSize) {
            evict(view, random.nextInt(size));
        }
        view.replace(peers, ages, size);
        for (int i = 0; i < size; i++) {
            if (origins[i] == NEWCOMER) {
                view.reportAdded(peers[i]);
            }
        }
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
        int known = index.get(peers, peer);
        if (known >= 0) {
            view.release(peer);
            ages[known] = Math.min(ages[known], age);
            return;
        }
        peers[size] = peer;
        ages[size] = age;
        origins[size] = NEWCOMER;
        index.put(peers, size);
        size++;
    }

    private void markSent(long[] sent, int sentCount) {
        for (int i = 0; i < sentCount; i++) {
            int place = index.get(peers, sent[i]);
            boolean isThere = place >= 0 && origins[place] == FROM_VIEW;
            places[i] = isThere ? place : GONE;
            if (isThere) {
                origins[place] = i;
            }
        }
    }

    /// Of equally old ones, one that was just sent goes first: what is compared is both at once.
    private void removeOldest(GossipView view, int count) {
        for (int i = 0; i < size && count > 0; i++) {
            keys[i] = ages[i] << 1 | (isJustSent(i) ? 1 : 0);
        }
        for (int removed = 0; removed < count; removed++) {
            int oldest = 0;
            int greatest = keys[0];
            int ties = 1;
            for (int i = 1; i < size; i++) {
                if (keys[i] > greatest) {
                    oldest = i;
                    greatest = keys[i];
                    ties = 1;
                } else if (keys[i] == greatest && random.nextInt(++ties) == 0) {
                    oldest = i;
                }
            }
            evict(view, oldest);
            keys[oldest] = keys[size];
        }
    }

    private void removeHead(GossipView view, int count, int sentCount) {
        int left = count;
        for (int i = 0; i < sentCount && left > 0; i++) {
            if (places[i] != GONE) {
                evict(view, places[i]);
                left--;
            }
        }
        while (left-- > 0) {
            int chosen = randomFromView();
            if (chosen < 0) {
                return;
            }
            evict(view, chosen);
        }
    }

    /// {@return one of the entries that were in the view before, -1 if none is left}
    private int randomFromView() {
        int chosen = -1;
        int met = 0;
        for (int i = 0; i < size; i++) {
            if (origins[i] != NEWCOMER && random.nextInt(++met) == 0) {
                chosen = i;
            }
        }
        return chosen;
    }

    private boolean isJustSent(int entry) {
        return origins[entry] >= 0;
    }

    /// The last entry takes the place of the one that goes.
    private void evict(GossipView view, int entry) {
        if (origins[entry] != NEWCOMER) {
            view.reportEvicted(peers[entry]);
        }
        view.reserve(peers[entry]);
        if (isJustSent(entry)) {
            places[origins[entry]] = GONE;
        }
        size--;
        if (entry < size) {
            peers[entry] = peers[size];
            ages[entry] = ages[size];
            origins[entry] = origins[size];
            if (isJustSent(entry)) {
                places[origins[entry]] = entry;
            }
        }
    }
}
