/// Searches over one index measured: how exact, how fast, and what they allocate.
package ai.bytesandbrains.bench.eval;
