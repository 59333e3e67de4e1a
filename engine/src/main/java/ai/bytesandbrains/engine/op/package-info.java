/// Operations: a bounded table of slots through which callers on any thread hand work to an agent
/// and get the result back; and [Workers], a group of threads for one piece of work.
package ai.bytesandbrains.engine.op;
