/// Indexes: vectors under external 64-bit ids, searched for the nearest ones.
package ai.bytesandbrains.engine.index;
