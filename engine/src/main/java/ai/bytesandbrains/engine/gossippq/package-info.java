/// GOSSIP-PQ: one product-quantization codebook for a network, learned without a coordinator.
///
/// [GossipPq] is the protocol of one node. Its state, samples of all data in the network, is a
/// join-semilattice that gossip makes equal everywhere; training is deterministic, so equal samples
/// give equal codebooks.
///
/// Sources: bottom-k samples: Cohen, Kaplan, "Summarizing data using bottom-k sketches", PODC 2007;
/// replicated data that converge: Shapiro, Preguica, Baquero, Zawirski, "Conflict-free replicated
/// data types", SSS 2011; product quantization: Jegou, Douze, Schmid, IEEE TPAMI 33(1), 2011.
package ai.bytesandbrains.engine.gossippq;
