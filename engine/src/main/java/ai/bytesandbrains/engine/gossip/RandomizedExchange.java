package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.random.RandomGenerator;

/// How views are prepared for sending and merged after receiving: the algorithm of Jelasity et al.
/// 2007, figure 1, with healing (H) and swap (S).
///
/// Differences from the figure, each on purpose: the view itself is never permuted (the order of a
/// scratch array is), swap removes by identity what this very exchange has sent (not "the head of
/// the list", which another exchange may have changed meanwhile), and it spares a peer that was
/// received back with a younger age.
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

    private static final int FROM_VIEW = 1;
    private static final int RECEIVED = 2;

    private final int viewSize;
    private final int healing;
    private final int swap;
    private final int exchangeSize;
    private final RandomGenerator random;

    private final int[] order;
    private final long[] peers;
    private final int[] ages;
    private final int[] flags;
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
        this.flags = new int[most];
    }

    /// Adds a random part of the view, from which the H oldest are kept out as long as there are
    /// enough others.
    @Override
    public void prepare(GossipView view, ExchangeBuffer out) {
        int count = view.size();
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        for (int end = count; end > Math.max(0, count - healing); end--) {
            int oldest = 0;
            for (int i = 1; i < end; i++) {
                if (view.ageAt(order[i]) > view.ageAt(order[oldest])) {
                    oldest = i;
                }
            }
            int moved = order[oldest];
            order[oldest] = order[end - 1];
            order[end - 1] = moved;
        }
        for (int i = 0; i < Math.min(exchangeSize - 1, count); i++) {
            out.add(view.peerAt(order[i]), view.ageAt(order[i]));
        }
    }

    @Override
    public void merge(GossipView view, ExchangeBuffer received, long[] sent, int sentCount) {
        size = 0;
        for (int i = 0; i < view.size(); i++) {
            append(view.peerAt(i), view.ageAt(i), FROM_VIEW);
        }
        for (int i = 0; i < received.size(); i++) {
            receive(view, received.peerAt(i), received.ageAt(i));
        }
        removeOldest(view, Math.min(healing, size - viewSize));
        removeSent(view, Math.min(swap, size - viewSize), sent, sentCount);
        while (size > viewSize) {
            evict(view, random.nextInt(size));
        }
        view.clear();
        for (int i = 0; i < size; i++) {
            view.add(peers[i], ages[i]);
            if ((flags[i] & FROM_VIEW) == 0) {
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
        int known = indexOf(peer);
        if (known < 0) {
            append(peer, age, RECEIVED);
            return;
        }
        view.release(peer);
        if (age < ages[known]) {
            ages[known] = age;
            flags[known] |= RECEIVED;
        }
    }

    private void removeOldest(GossipView view, int count) {
        for (int removed = 0; removed < count; removed++) {
            int oldest = 0;
            int ties = 1;
            for (int i = 1; i < size; i++) {
                if (ages[i] > ages[oldest]) {
                    oldest = i;
                    ties = 1;
                } else if (ages[i] == ages[oldest] && random.nextInt(++ties) == 0) {
                    oldest = i;
                }
            }
            evict(view, oldest);
        }
    }

    private void removeSent(GossipView view, int count, long[] sent, int sentCount) {
        int left = count;
        for (int i = 0; i < sentCount && left > 0; i++) {
            int index = indexOf(sent[i]);
            if (index >= 0 && (flags[index] & RECEIVED) == 0) {
                evict(view, index);
                left--;
            }
        }
    }

    private void evict(GossipView view, int index) {
        if ((flags[index] & FROM_VIEW) != 0) {
            view.reportEvicted(peers[index]);
        }
        view.reserve(peers[index]);
        size--;
        peers[index] = peers[size];
        ages[index] = ages[size];
        flags[index] = flags[size];
    }

    private int indexOf(long peer) {
        for (int i = 0; i < size; i++) {
            if (peers[i] == peer) {
                return i;
            }
        }
        return -1;
    }

    private void append(long peer, int age, int flag) {
        peers[size] = peer;
        ages[size] = age;
        flags[size] = flag;
        size++;
    }
}
