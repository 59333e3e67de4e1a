package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.random.RandomGenerator;

/// A way to exchange views, as a configuration names it: makes the [ViewExchange] of a logic and
/// says how much memory it wants. Immutable; two that are equal make exchanges that behave alike.
public interface ExchangeFactory {

    /// {@return the classic randomized gossip of Jelasity et al. 2007, with healing and swap}
    static ExchangeFactory randomized() {
        return new RandomizedExchange.Factory();
    }

    /// {@return Basalt's ranking (Auvolat et al. 2023), for networks that anybody may join; a slot
    /// of the view lives four times as many periods as there are slots}
    static ExchangeFactory basalt() {
        return new BasaltExchange.Factory(0);
    }

    /// {@return Basalt's ranking with slots of another life}
    ///
    /// @param slotLifePeriods every slot of the view gets a new seed once in so many periods; from
    ///     1
    /// @throws IllegalArgumentException if it is not positive
    static ExchangeFactory basalt(int slotLifePeriods) {
        if (slotLifePeriods < 1) {
            throw new IllegalArgumentException(
                    "slotLifePeriods=" + slotLifePeriods + ": expected at least 1");
        }
        return new BasaltExchange.Factory(slotLifePeriods);
    }

    /// {@return the most peers a message carries, the sender included; from 1}
    ///
    /// @param viewSize c
    int messageSize(int viewSize);

    /// {@return how many longs of a node's slot belong to the exchange}
    ///
    /// @param viewSize c
    default int stateLongs(int viewSize) {
        return 0;
    }

    /// Makes an exchange.
    ///
    /// @param config the parameters
    /// @param table the peers; stays the caller's
    /// @param random the source of chance
    /// @return an exchange for one logic
    ViewExchange create(GossipConfig config, PeerTable table, RandomGenerator random);
}
