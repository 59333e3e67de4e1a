/// The main job: peers of one process, each with its own agent and its own share of the data, that
/// find each other by gossip and answer queries together.
package ai.bytesandbrains.bench.demo;
