/// Readers of data-set files, the bundled WordNet set, and its partitions over nodes.
package ai.bytesandbrains.bench.data;
