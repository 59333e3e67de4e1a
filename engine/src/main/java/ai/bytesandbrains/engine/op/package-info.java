/// Operations: a bounded table of slots through which callers on any thread hand work to an agent
/// and get the result back.
package ai.bytesandbrains.engine.op;
