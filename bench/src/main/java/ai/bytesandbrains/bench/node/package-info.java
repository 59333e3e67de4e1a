/// One real node in a process of its own, and what asks it from another process.
package ai.bytesandbrains.bench.node;
