package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.MessageReader;
import ai.bytesandbrains.engine.overlay.Protocol;

import java.util.Objects;

/// A protocol as part of a node.
///
/// @param <M> the protocol's message interface
/// @param protocol gets messages and time on the agent's thread. Its number is neither one of the
///     node's own nor above 15
/// @param reader decodes its messages, and proves them whole
/// @param resource closed with the node, on the agent's thread, after the transport
public record NodeProtocol<M>(
        Protocol<M> protocol, MessageReader<M> reader, AutoCloseable resource) {

    /// Checks that all of it is there.
    public NodeProtocol {
        Objects.requireNonNull(protocol, "protocol");
        Objects.requireNonNull(reader, "reader");
        Objects.requireNonNull(resource, "resource");
    }

    /// A protocol that has nothing to close.
    ///
    /// @param protocol gets messages and time on the agent's thread
    /// @param reader decodes its messages, and proves them whole
    public NodeProtocol(Protocol<M> protocol, MessageReader<M> reader) {
        this(protocol, reader, () -> {});
    }
}
