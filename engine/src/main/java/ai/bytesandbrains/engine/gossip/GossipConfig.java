package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.PeerSampling;
import ai.bytesandbrains.engine.overlay.PeerSelector;

import java.util.Objects;

/// The parameters of gossip peer sampling. The names are those of Jelasity et al. 2007; the
/// defaults are chosen so that in-degrees stay narrow and half of the network may die at once.
///
/// @param viewSize c, the most peers in a view; even, from 2
/// @param healing H, how many of the oldest entries a merge removes first; drops dead peers sooner
/// @param swap S, how many entries that were just sent a merge removes next; keeps in-degrees even.
///     `healing + swap` is at most `viewSize / 2`: beyond it swap would never come to its turn
/// @param selector how the partner of an exchange is chosen
/// @param mode which way views travel in exchanges that this node starts
/// @param periodNs T, the time between two exchanges that this node starts
/// @param requestTimeoutNs after this time without an answer the partner is removed from the view
/// @param retryTimeNs after this time without an answer one more exchange, with another partner, is
///     started
/// @param maxConcurrentRequests the most requests in flight, up to 64
/// @param reserveSize the most peers kept, of those that merges evicted, to refill an emptied view
/// @param exchangesPerPeriod how many exchanges of others are accepted in any time of T; more are
///     answered with BUSY
/// @param joinsPerPeriod how many newcomers are answered with a sample of the view in any time of
///     T, each of them once in T/2; others are named one peer to ask instead
/// @param maxSeeds the most seed peers remembered
/// @param exchange what views are made of
public record GossipConfig(
        int viewSize,
        int healing,
        int swap,
        PeerSelector selector,
        GossipMode mode,
        long periodNs,
        long requestTimeoutNs,
        long retryTimeNs,
        int maxConcurrentRequests,
        int reserveSize,
        int exchangesPerPeriod,
        int joinsPerPeriod,
        int maxSeeds,
        ExchangeFactory exchange) {

    /// The oldest an entry can get. Older ages from outside count as this one, so that no entry can
    /// overflow into the freshest of all.
    public static final int MAX_AGE = 1 << 20;

    /// The most selections of peers at once: [PeerSampling#selectPeer].
    static final int SELECTIONS = 8;

    private static final int MAX_VIEW_SIZE = 1 << 10;

    /// A word has a bit for each.
    private static final int MAX_REQUESTS = Long.SIZE;

    private static final long MAX_TIME_NS = 1L << 50;

    /// Checks every field and the fields against each other.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public GossipConfig {
        Objects.requireNonNull(selector, "selector");
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(exchange, "exchange");
        if (viewSize < 2 || viewSize > MAX_VIEW_SIZE || viewSize % 2 != 0) {
            throw new IllegalArgumentException(
                    "viewSize=%d: expected an even number from 2 to %d"
                            .formatted(viewSize, MAX_VIEW_SIZE));
        }
        if (healing < 0 || swap < 0 || healing + swap > viewSize / 2) {
            throw new IllegalArgumentException(
                    "healing=%d swap=%d viewSize=%d: expected healing + swap <= viewSize / 2"
                            .formatted(healing, swap, viewSize));
        }
        requireWithin("periodNs", periodNs, 1, MAX_TIME_NS);
        requireWithin("requestTimeoutNs", requestTimeoutNs, 1, MAX_TIME_NS);
        requireWithin("retryTimeNs", retryTimeNs, 1, MAX_TIME_NS);
        requireWithin("maxConcurrentRequests", maxConcurrentRequests, 1, MAX_REQUESTS);
        requireWithin("reserveSize", reserveSize, 0, MAX_VIEW_SIZE);
        requireWithin("exchangesPerPeriod", exchangesPerPeriod, 1, MAX_VIEW_SIZE);
        requireWithin("joinsPerPeriod", joinsPerPeriod, 0, MAX_VIEW_SIZE);
        requireWithin("maxSeeds", maxSeeds, 1, MAX_VIEW_SIZE);
        int messageSize = exchange.messageSize(viewSize);
        if (messageSize < 1 || messageSize > viewSize + 1) {
            throw new IllegalArgumentException(
                    "exchange=%s messageSize=%d: expected 1 to viewSize + 1=%d"
                            .formatted(exchange, messageSize, viewSize + 1));
        }
    }

    /// {@return c=20, H=2, S=8, tail selection, push-pull, T = 10 s}
    public static GossipConfig defaults() {
        return new GossipConfig(
                20,
                2,
                8,
                PeerSelector.TAIL,
                GossipMode.PUSH_PULL,
                10_000_000_000L,
                3_000_000_000L,
                1_000_000_000L,
                3,
                32,
                6,
                64,
                16,
                ExchangeFactory.randomized());
    }

    /// {@return the defaults with Basalt's exchange: for networks that anybody may join}
    ///
    /// @param viewSize v; about `1.6 * sqrt(N)` in a network of N
    public static GossipConfig basalt(int viewSize) {
        return defaults()
                .withView(viewSize, 0, 0)
                .withExchange(PeerSelector.LEAST_HIT, GossipMode.PUSH_PULL)
                .withViewExchange(ExchangeFactory.basalt());
    }

    /// {@return this configuration with another view}
    ///
    /// @param viewSize c
    /// @param healing H
    /// @param swap S
    public GossipConfig withView(int viewSize, int healing, int swap) {
        return with(
                viewSize, healing, swap, selector, mode, periodNs, requestTimeoutNs, retryTimeNs);
    }

    /// {@return this configuration with another way to choose partners and to exchange}
    ///
    /// @param selector how the partner is chosen
    /// @param mode which way views travel
    public GossipConfig withExchange(PeerSelector selector, GossipMode mode) {
        return with(
                viewSize, healing, swap, selector, mode, periodNs, requestTimeoutNs, retryTimeNs);
    }

    /// {@return this configuration with views made of something else}
    ///
    /// @param exchange makes the exchange
    public GossipConfig withViewExchange(ExchangeFactory exchange) {
        return new GossipConfig(
                viewSize,
                healing,
                swap,
                selector,
                mode,
                periodNs,
                requestTimeoutNs,
                retryTimeNs,
                maxConcurrentRequests,
                reserveSize,
                exchangesPerPeriod,
                joinsPerPeriod,
                maxSeeds,
                exchange);
    }

    /// {@return this configuration with other times}
    ///
    /// @param periodNs T
    /// @param requestTimeoutNs when a partner is given up
    /// @param retryTimeNs when another partner is tried
    public GossipConfig withTimes(long periodNs, long requestTimeoutNs, long retryTimeNs) {
        return with(
                viewSize, healing, swap, selector, mode, periodNs, requestTimeoutNs, retryTimeNs);
    }

    /// {@return how many entries a message carries at the most, the sender's own included}
    public int exchangeSize() {
        return exchange.messageSize(viewSize);
    }

    /// {@return how many peers one node can hold references to at once}
    public int maxReferencedPeers() {
        return 1
                + viewSize
                + exchangeSize()
                + reserveSize
                + maxSeeds
                + maxConcurrentRequests
                + SELECTIONS;
    }

    private GossipConfig with(
            int viewSize,
            int healing,
            int swap,
            PeerSelector selector,
            GossipMode mode,
            long periodNs,
            long requestTimeoutNs,
            long retryTimeNs) {
        return new GossipConfig(
                viewSize,
                healing,
                swap,
                selector,
                mode,
                periodNs,
                requestTimeoutNs,
                retryTimeNs,
                maxConcurrentRequests,
                reserveSize,
                exchangesPerPeriod,
                joinsPerPeriod,
                maxSeeds,
                exchange);
    }

    private static void requireWithin(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s=%d: expected %d to %d".formatted(name, value, least, most));
        }
    }
}
