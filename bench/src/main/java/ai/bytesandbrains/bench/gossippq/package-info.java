/// What `bb gossip-pq` adds to the engine's simulator: data for the nodes, and how good what they
/// learn is.
package ai.bytesandbrains.bench.gossippq;
