/// Off-heap storage that the rest of the engine stands on: rows of fixed stride and a map from
/// 64-bit ids to slots.
///
/// Every store owns its memory, is closed by whoever created it, and answers a use after close with
/// an exception. Stores are single-writer objects without locks; they may be handed from one thread
/// to another as long as the hand-over itself is ordered.
package ai.bytesandbrains.engine.memory;
