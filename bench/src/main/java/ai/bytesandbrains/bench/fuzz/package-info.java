/// Damaged frames by the million, for whole nodes.
package ai.bytesandbrains.bench.fuzz;
