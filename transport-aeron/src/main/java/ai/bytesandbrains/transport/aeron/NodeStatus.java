package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.gossip.JoinState;

/// How a node is doing, as its agent saw it at the end of its last busy duty cycle.
///
/// @param joinState how far it is in finding others
/// @param viewLength how many peers its view holds
/// @param knownPeers how many peers its table holds, itself included
/// @param exchangesStarted gossip exchanges it has started
/// @param exchangesCompleted of these, answered with a view
/// @param exchangesAccepted exchanges of others it took part in
/// @param exchangesRefused exchanges and joins of others it answered with BUSY or not at all
/// @param requestTimeouts its gossip requests that were not answered
/// @param searchesStarted its own searches
/// @param searchesPartial of these, ended without every answer
/// @param queriesAnswered searches of others it answered
/// @param queriesRefused searches of others it refused
/// @param unsolicited answers to nothing it has asked
/// @param rejected well-formed messages that made no sense
public record NodeStatus(
        JoinState joinState,
        int viewLength,
        int knownPeers,
        long exchangesStarted,
        long exchangesCompleted,
        long exchangesAccepted,
        long exchangesRefused,
        long requestTimeouts,
        long searchesStarted,
        long searchesPartial,
        long queriesAnswered,
        long queriesRefused,
        long unsolicited,
        long rejected) {}
