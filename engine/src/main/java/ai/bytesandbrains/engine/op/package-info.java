/// Handles of operations: a bounded table of slots with generation and deadline.
package ai.bytesandbrains.engine.op;
