/// Round trips between two sides, over Aeron as it is and over Aeron through the product, in turns.
package ai.bytesandbrains.bench.latency;
