package ai.bytesandbrains.transport.aeron;

/// A protocol that a node runs beside its own: what composes a node out of the engine's parts, or
/// of a user's.
///
/// ```
///   class Counting implements NodeExtension {
///       public int maxReferencedPeers() { return 0; }
///       public NodeProtocol<?> open(NodeContext node) {
///           var protocol = new CountingProtocol(node.sampling(), node.outbox(new CountWriter()));
///           return new NodeProtocol<>(protocol, new CountReader());
///       }
///   }
///   Node node = new Node(NodeConfig.of("demo").withExtension(new Counting()), index, factory);
/// ```
///
/// The protocol is the agent's: it is polled in every duty cycle, gets the messages with its
/// number after they have been checked, and is refused peers without a session like any other.
/// What an application's thread may do with it is the extension's own affair. An instance may
/// serve several nodes if its [#open] can.
public interface NodeExtension {

    /// {@return the most peers that the protocol refers to at once in the node's peer table}
    int maxReferencedPeers();

    /// Makes the protocol, when the node is made and before it runs.
    ///
    /// @param node what it may use
    /// @return the protocol, which the node owns from here on
    NodeProtocol<?> open(NodeContext node);
}
