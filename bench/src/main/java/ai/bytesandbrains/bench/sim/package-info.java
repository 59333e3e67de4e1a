/// What `bb sim` adds to the engine's simulator: real wire bytes and the picture.
package ai.bytesandbrains.bench.sim;
