/// Gossip peer sampling: every node keeps a small, random, self-healing view of the network.
///
/// - [GossipConfig][ai.bytesandbrains.engine.gossip.GossipConfig]: the parameters
/// - [GossipPeerSampling][ai.bytesandbrains.engine.gossip.GossipPeerSampling]: the protocol of one
///   node, a facade over logic, state and slot
/// - [GossipLogic][ai.bytesandbrains.engine.gossip.GossipLogic]: the algorithm, shared by all nodes
///   of one thread
/// - [GossipState][ai.bytesandbrains.engine.gossip.GossipState]: the memory of many nodes, a slot
///   each; `View`, `Reserve`, `Seeds`, `Requests` and `Admission` are flyweights over parts of it
/// - `ViewExchange`: how views are prepared and merged
package ai.bytesandbrains.engine.gossip;
