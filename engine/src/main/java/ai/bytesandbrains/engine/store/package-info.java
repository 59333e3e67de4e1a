/// Files: what the engine keeps beyond the life of a process. The only package that opens them.
package ai.bytesandbrains.engine.store;
