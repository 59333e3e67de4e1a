/// Learning from data: k-means, deterministic to the bit.
package ai.bytesandbrains.engine.train;
