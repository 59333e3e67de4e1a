package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.NetworkKey;
import ai.bytesandbrains.engine.gossip.DescriptorSigning;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossip.SigningConfig;
import ai.bytesandbrains.engine.overlay.NodeIdentity;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.search.FilterResolver;
import ai.bytesandbrains.engine.search.SearchLimits;
import ai.bytesandbrains.engine.session.SessionConfig;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// The parameters of a [Node].
///
/// @param id the node's identity; null draws a new one at each start
/// @param identity the key pair that proves the identity; with it the node signs its descriptor and
///     drops peers that are not signed, so a network signs as a whole; null signs nothing
/// @param networkId the network it belongs to; nodes of others on the same wire do not exist for it
/// @param key the key of the network, which seals every frame; null for a network without one
/// @param gossip of the peer sampling
/// @param search bounds of federated search
/// @param filters what the tags of filters stand for in this node
/// @param sessions bounds of the handshakes with other peers
/// @param profiles of what the node has, by which searches choose their peers
/// @param maxConnections the most peers a transport holds on to; at least its `maxLinks`
/// @param dutyCycleBudgetNs what a duty cycle may take before the rest of it waits for the next
///     one; those that take longer are counted
/// @param extensions protocols beside the node's own
public record NodeConfig(
        PeerId id,
        NodeIdentity identity,
        long networkId,
        NetworkKey key,
        GossipConfig gossip,
        SearchLimits search,
        FilterResolver filters,
        SessionConfig sessions,
        ProfileConfig profiles,
        int maxConnections,
        long dutyCycleBudgetNs,
        List<NodeExtension> extensions) {

    /// Checks every field.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public NodeConfig {
        Objects.requireNonNull(gossip, "gossip");
        Objects.requireNonNull(search, "search");
        Objects.requireNonNull(filters, "filters");
        Objects.requireNonNull(sessions, "sessions");
        Objects.requireNonNull(profiles, "profiles");
        extensions = List.copyOf(extensions);
        if (identity != null && !identity.id().equals(id)) {
            throw new IllegalArgumentException(
                    "id=%s identity=%s: expected the same".formatted(id, identity.id()));
        }
        if (maxConnections < 1 || maxConnections > 1 << 16) {
            throw new IllegalArgumentException(
                    "maxConnections=" + maxConnections + ": expected 1 to " + (1 << 16));
        }
        if (dutyCycleBudgetNs < 1) {
            throw new IllegalArgumentException(
                    "dutyCycleBudgetNs=" + dutyCycleBudgetNs + ": expected at least 1");
        }
    }

    /// {@return the defaults of every part, a new identity at each start}
    ///
    /// @param network the name of the network
    public static NodeConfig of(String network) {
        return new NodeConfig(
                null,
                null,
                networkId(network),
                null,
                GossipConfig.defaults(),
                SearchLimits.defaults(),
                FilterResolver.NONE,
                SessionConfig.defaults(),
                ProfileConfig.defaults(),
                64,
                TimeUnit.MICROSECONDS.toNanos(200),
                List.of());
    }

    /// {@return the same with an identity that is not proven}
    ///
    /// @param id the node's identity
    public NodeConfig withId(PeerId id) {
        return with(
                id,
                null,
                key,
                gossip,
                search,
                filters,
                sessions,
                profiles,
                dutyCycleBudgetNs,
                extensions);
    }

    /// {@return the same with an identity that is proven: in a network of signed descriptors}
    ///
    /// @param identity the key pair; one node's at a time
    public NodeConfig withIdentity(NodeIdentity identity) {
        return with(
                identity.id(),
                identity,
                key,
                gossip,
                search,
                filters,
                sessions,
                profiles,
                dutyCycleBudgetNs,
                extensions);
    }

    /// {@return the same in a network that has a key}
    ///
    /// @param key the key
    public NodeConfig withKey(NetworkKey key) {
        return with(
                id,
                identity,
                key,
                gossip,
                search,
                filters,
                sessions,
                profiles,
                dutyCycleBudgetNs,
                extensions);
    }

    /// {@return the same with other parameters of the peer sampling}
    ///
    /// @param gossip the parameters
    public NodeConfig withGossip(GossipConfig gossip) {
        return with(
                id,
                identity,
                key,
                gossip,
                search,
                filters,
                sessions,
                profiles,
                dutyCycleBudgetNs,
                extensions);
    }

    /// {@return the same with other bounds of federated search}
    ///
    /// @param search the bounds
    public NodeConfig withSearch(SearchLimits search) {
        return with(
                id,
                identity,
                key,
                gossip,
                search,
                filters,
                sessions,
                profiles,
                dutyCycleBudgetNs,
                extensions);
    }

    /// {@return the same with filters by tags}
    ///
    /// @param filters what the tags of filters stand for in this node; called on the agent's thread
    public NodeConfig withFilters(FilterResolver filters) {
        return with(
                id,
                identity,
                key,
                gossip,
                search,
                filters,
                sessions,
                profiles,
                dutyCycleBudgetNs,
                extensions);
    }

    /// {@return the same with other bounds of handshakes}
    ///
    /// @param sessions the bounds
    public NodeConfig withSessions(SessionConfig sessions) {
        return with(
                id,
                identity,
                key,
                gossip,
                search,
                filters,
                sessions,
                profiles,
                dutyCycleBudgetNs,
                extensions);
    }

    /// {@return the same with other bounds of profiles}
    ///
    /// @param profiles the bounds
    public NodeConfig withProfiles(ProfileConfig profiles) {
        return with(
                id,
                identity,
                key,
                gossip,
                search,
                filters,
                sessions,
                profiles,
                dutyCycleBudgetNs,
                extensions);
    }

    /// {@return the same with another budget}
    ///
    /// @param dutyCycleBudgetNs what a duty cycle should not take longer than
    public NodeConfig withDutyCycleBudgetNs(long dutyCycleBudgetNs) {
        return with(
                id,
                identity,
                key,
                gossip,
                search,
                filters,
                sessions,
                profiles,
                dutyCycleBudgetNs,
                extensions);
    }

    /// {@return the same with one more protocol beside the node's own}
    ///
    /// @param extension makes the protocol
    public NodeConfig withExtension(NodeExtension extension) {
        List<NodeExtension> more = new ArrayList<>(extensions);
        more.add(Objects.requireNonNull(extension, "extension"));
        return with(
                id,
                identity,
                key,
                gossip,
                search,
                filters,
                sessions,
                profiles,
                dutyCycleBudgetNs,
                more);
    }

    private NodeConfig with(
            PeerId id,
            NodeIdentity identity,
            NetworkKey key,
            GossipConfig gossip,
            SearchLimits search,
            FilterResolver filters,
            SessionConfig sessions,
            ProfileConfig profiles,
            long dutyCycleBudgetNs,
            List<NodeExtension> extensions) {
        return new NodeConfig(
                id,
                identity,
                networkId,
                key,
                gossip,
                search,
                filters,
                sessions,
                profiles,
                maxConnections,
                dutyCycleBudgetNs,
                extensions);
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

    /// What signs and checks descriptors, or null if nothing is signed.
    DescriptorSigning signing(Peer self, PeerTable peers, RandomGenerator random, long nowNs) {
        if (identity == null) {
            return null;
        }
        long epochOffsetNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - nowNs;
        SigningConfig signing = SigningConfig.defaults(networkId, gossip.periodNs());
        return new DescriptorSigning(
                identity, self, signing, gossip, peers, random, epochOffsetNs, nowNs);
    }

    /// The most peers that anything in a node refers to at once.
    int peerTableCapacity() {
        return gossip.maxReferencedPeers()
                + maxConnections
                + sessions.pending()
                + search.concurrentSearches() * search.maxPeers()
                + profiles.maxReferencedPeers(search.concurrentSearches())
                + search.waitingAnswers()
                + extensions.stream().mapToInt(NodeExtension::maxReferencedPeers).sum();
    }
}
