package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.search.SearchLimits;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;

/// The parameters of a [Node].
///
/// @param id the node's identity; null draws a new one at each start
/// @param networkId the network it belongs to; nodes of others on the same wire do not exist for it
/// @param gossip of the peer sampling
/// @param search bounds of federated search
/// @param maxConnections the most peers a transport holds on to; at least its `maxLinks`
public record NodeConfig(
        PeerId id, long networkId, GossipConfig gossip, SearchLimits search, int maxConnections) {

    /// Checks every field.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public NodeConfig {
        Objects.requireNonNull(gossip, "gossip");
        Objects.requireNonNull(search, "search");
        if (maxConnections < 1 || maxConnections > 1 << 16) {
            throw new IllegalArgumentException(
                    "maxConnections=" + maxConnections + ": expected 1 to " + (1 << 16));
        }
    }

    /// {@return the defaults of every part, a new identity at each start}
    ///
    /// @param network the name of the network
    public static NodeConfig of(String network) {
        return new NodeConfig(
                null, networkId(network), GossipConfig.defaults(), SearchLimits.defaults(), 64);
    }

    /// {@return the same with an identity}
    ///
    /// @param id the node's identity
    public NodeConfig withId(PeerId id) {
        return new NodeConfig(id, networkId, gossip, search, maxConnections);
    }

    /// {@return the same with other parameters of the peer sampling}
    ///
    /// @param gossip the parameters
    public NodeConfig withGossip(GossipConfig gossip) {
        return new NodeConfig(id, networkId, gossip, search, maxConnections);
    }

    /// {@return the same with other bounds of federated search}
    ///
    /// @param search the bounds
    public NodeConfig withSearch(SearchLimits search) {
        return new NodeConfig(id, networkId, gossip, search, maxConnections);
    }

    /// {@return the number that stands for a network's name in frames: the first eight bytes of its
    /// SHA-256}
    ///
    /// @param network the name
    public static long networkId(String network) {
        try {
            byte[] name = network.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(name)).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is not available", e);
        }
    }

    /// The most peers that anything in a node refers to at once.
    int peerTableCapacity() {
        return gossip.maxReferencedPeers()
                + maxConnections
                + search.concurrentSearches() * Math.min(search.maxPeers(), gossip.viewSize())
                + search.waitingAnswers();
    }
}
