/// A deterministic simulator: the shipped protocols in virtual time, up to a million nodes on one
/// thread, every fault drawn from one seed.
///
/// - [Simulation][ai.bytesandbrains.engine.sim.Simulation]: clock, events, who lives; a
///   [Channel][ai.bytesandbrains.engine.sim.Channel] carries the messages of one protocol
/// - [Faults][ai.bytesandbrains.engine.sim.Faults]: what the network does to messages
/// - [Carrier][ai.bytesandbrains.engine.sim.Carrier]: how a message survives its flight, the place
///   to put real wire bytes
/// - [NodeProtocol][ai.bytesandbrains.engine.sim.NodeProtocol]: the protocol of every node
/// - [GossipSimulation][ai.bytesandbrains.engine.sim.GossipSimulation]: a whole experiment of
///   gossip peer sampling, described by a [Scenario][ai.bytesandbrains.engine.sim.Scenario]
/// - [OverlayGraph][ai.bytesandbrains.engine.sim.OverlayGraph] and
///   [OverlayMetrics][ai.bytesandbrains.engine.sim.OverlayMetrics]: what the views look like
package ai.bytesandbrains.engine.sim;
