/// Gossip peer sampling: every node keeps a small, random, self-healing view of the network.
///
/// - [GossipConfig][ai.bytesandbrains.engine.gossip.GossipConfig]: the parameters
/// - [GossipPeerSampling][ai.bytesandbrains.engine.gossip.GossipPeerSampling]: the protocol of one
///   node, a facade over logic, state and slot
/// - [GossipLogic][ai.bytesandbrains.engine.gossip.GossipLogic]: the algorithm, shared by all nodes
///   of one thread; `ActiveSide` does what a node does of its own accord, `PassiveSide` answers
///   others
/// - [ViewExchange][ai.bytesandbrains.engine.gossip.ViewExchange]: what views are made of;
///   `RandomizedExchange` is the classic one, `BasaltExchange` withstands attackers
/// - [GossipState][ai.bytesandbrains.engine.gossip.GossipState]: the memory of many nodes, a slot
///   each; `BoundNode` moves over it, and `GossipView`, `Reserve`, `Seeds`, `Requests` and
///   `Admission` are flyweights over parts of a slot
/// - [JoinOperations][ai.bytesandbrains.engine.gossip.JoinOperations]: for callers who wait for a
///   node to find others
/// - [CollectedStep][ai.bytesandbrains.engine.gossip.CollectedStep]: messages and events as
///   ordinary values, for those who may allocate
package ai.bytesandbrains.engine.gossip;
