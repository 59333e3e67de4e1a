package ai.bytesandbrains.engine.transfer;

import java.lang.foreign.MemorySegment;

/// What a node has to give. Asked on the node's thread; must not block.
@FunctionalInterface
public interface BlobSource {

    /// Nothing to give.
    BlobSource NONE = message -> null;

    /// Finds a blob.
    ///
    /// @param message names it
    /// @return its whole content, valid during the duty cycle; null if there is no such blob
    MemorySegment find(TransferMessage message);
}
