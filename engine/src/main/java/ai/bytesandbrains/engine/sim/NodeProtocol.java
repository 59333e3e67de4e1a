package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.overlay.Protocol;

/// The protocol of every node of a simulation, by the node's number. Times are those of the node's
/// own clock.
///
/// @param <M> the protocol's message interface
public interface NodeProtocol<M> {

    /// Does what is due.
    ///
    /// @param node the node
    /// @param nowNs its time
    /// @return how much was done
    int poll(int node, long nowNs);

    /// Takes a message.
    ///
    /// @param node the receiver
    /// @param fromPeer the sender's handle
    /// @param message a view, valid during this call only
    /// @param nowNs the receiver's time
    /// @return how much was done
    int onMessage(int node, long fromPeer, M message, long nowNs);

    /// {@return when [#poll] next has something to do, not before `nowNs`}
    ///
    /// @param node the node
    /// @param nowNs its time
    long nextDeadlineNs(int node, long nowNs);

    /// Tells that a peer could not be reached.
    ///
    /// @param node who tried
    /// @param peer whom
    /// @param nowNs the time
    void onConnectionFailed(int node, long peer, long nowNs);

    /// One protocol object for each node.
    ///
    /// @param <M> the message interface
    /// @param protocols by node number; read at every call, so nodes may come and go
    /// @return the protocol of all
    static <M> NodeProtocol<M> of(Protocol<M>[] protocols) {
        return new NodeProtocol<>() {
            @Override
            public int poll(int node, long nowNs) {
                return protocols[node].poll(nowNs);
            }

            @Override
            public int onMessage(int node, long fromPeer, M message, long nowNs) {
                return protocols[node].onMessage(fromPeer, message, nowNs);
            }

            @Override
            public long nextDeadlineNs(int node, long nowNs) {
                return protocols[node].nextDeadlineNs(nowNs);
            }

            @Override
            public void onConnectionFailed(int node, long peer, long nowNs) {
                protocols[node].onConnectionFailed(peer, nowNs);
            }
        };
    }
}
