/// Off-heap storage that the rest of the engine stands on: rows of fixed stride and a map from
/// 64-bit ids to slots.
///
/// Every store owns its memory, is closed by whoever created it, and answers a use after close with
/// an exception. Stores have one writer and no locks; [SlotTable] says how readers beside it read.
/// The writer may be another thread from time to time as long as the hand-over itself is ordered.
package ai.bytesandbrains.engine.memory;
