package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.SemanticReader;
import ai.bytesandbrains.codecs.sbe.SemanticWriter;
import ai.bytesandbrains.engine.overlay.DescriptorPolicy;
import ai.bytesandbrains.engine.overlay.PeerRouter;
import ai.bytesandbrains.engine.semantic.FindOperations;
import ai.bytesandbrains.engine.semantic.RandomPeers;
import ai.bytesandbrains.engine.semantic.SemanticConfig;
import ai.bytesandbrains.engine.semantic.SemanticLogic;
import ai.bytesandbrains.engine.semantic.SemanticMessage;
import ai.bytesandbrains.engine.semantic.SemanticOverlay;
import ai.bytesandbrains.engine.semantic.SemanticState;

import org.agrona.CloseHelper;

import java.util.ArrayDeque;
import java.util.Deque;

/// The part of a node in the semantic overlay: the protocol with its memory, and the profiles of
/// the node's data. Part of every node rather than an extension, because the node's searches choose
/// their peers by it.
final class NodeOverlay implements AutoCloseable {

    final FindOperations finds;
    final SemanticOverlay protocol;

    private final SemanticState state;
    private final SemanticLogic logic;
    private final NodeProfiles profiles;

    private NodeOverlay(
            NodeContext node,
            DescriptorPolicy policy,
            SemanticConfig config,
            ProfileConfig bounds,
            int finds) {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            state = new SemanticState(config, 1);
            opened.push(state);
            this.finds = new FindOperations(config, finds);
            opened.push(this.finds);
            logic =
                    new SemanticLogic(
                            state,
                            this.finds,
                            node.peers(),
                            policy,
                            RandomPeers.of(node.sampling()),
                            node.random(),
                            node.outbox(new SemanticWriter(config.dimensions())));
            opened.push(logic);
            protocol = new SemanticOverlay(logic, 0, node.self(), node.nowNs());
            opened.push(protocol);
            profiles =
                    new NodeProfiles(
                            node.index(),
                            protocol,
                            config.profiles(),
                            config.periodNs(),
                            bounds.refreshNs(),
                            node.nowNs());
        } catch (Throwable e) {
            CloseHelper.quietCloseAll(opened);
            throw e;
        }
    }

    /// {@return the part of a node, or null if it takes none}
    ///
    /// @param node what it may use
    /// @param policy which of the peers in messages it believes
    /// @param config the node's parameters
    static NodeOverlay open(NodeContext node, DescriptorPolicy policy, NodeConfig config) {
        ProfileConfig bounds = config.profiles();
        SemanticConfig semantic =
                bounds.overlay(
                        node.index().space().metric(),
                        node.index().space().dimensions(),
                        config.gossip(),
                        node.maxFrameLength(),
                        policy.isSigned());
        int finds = bounds.finds() + config.search().concurrentSearches();
        return semantic == null ? null : new NodeOverlay(node, policy, semantic, bounds, finds);
    }

    /// {@return what searches choose their peers by}
    PeerRouter router() {
        return protocol.router();
    }

    /// {@return what decodes its messages}
    NodeProtocol<SemanticMessage> wired() {
        int entries = SemanticConfig.MAX_MESSAGE_ENTRIES + SemanticConfig.MAX_PROFILES;
        var reader = new SemanticReader(logic.config().dimensions(), entries);
        return new NodeProtocol<>(protocol, reader, this);
    }

    /// Works on the profiles.
    int poll(long nowNs) {
        return profiles.poll(nowNs);
    }

    @Override
    public void close() {
        CloseHelper.closeAll(protocol, profiles, logic, finds, state);
    }
}
