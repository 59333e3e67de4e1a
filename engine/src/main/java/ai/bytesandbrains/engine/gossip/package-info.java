/// Gossip peer sampling: every node keeps a small, random, self-healing view of the network.
///
/// | class | job |
/// |---|---|
/// | [GossipConfig][ai.bytesandbrains.engine.gossip.GossipConfig] | the parameters |
/// | [GossipPeerSampling][ai.bytesandbrains.engine.gossip.GossipPeerSampling] | the protocol of one node: a facade over logic, state and slot |
/// | [GossipLogic][ai.bytesandbrains.engine.gossip.GossipLogic] | the algorithm, shared by all nodes of one thread |
/// | [GossipState][ai.bytesandbrains.engine.gossip.GossipState] | the memory of many nodes, one slot each |
/// | `ViewExchange` | how views are prepared and merged |
/// | `Requests`, `Admission`, `Reserve`, `Seeds` | parts of a slot: what is in flight, budgets, refills |
package ai.bytesandbrains.engine.gossip;
