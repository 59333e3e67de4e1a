/// How much of what is near a search finds by asking so many peers: the nodes that are shipped, in
/// the memory of one process and a time of their own, beside the best choice that there is.
package ai.bytesandbrains.bench.federated;
