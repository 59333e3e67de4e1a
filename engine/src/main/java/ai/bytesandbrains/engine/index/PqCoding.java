package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.simd.CodeLayout;

/// The codes of a [PqIndex] under one codebook, and the scratch of the searches over them.
final class PqCoding implements AutoCloseable {
    private final Codebook codebook;
    private final CodeBlocks blocks;
    private final ScratchPool<Scratch> scratches;

    /// What one search works with, a quantizer of its own included, since those keep scratch.
    final class Scratch extends ScratchPool.Scratch {
        private final CodeSearch search;

        private Scratch(Entries entries, StoredVectors rows) {
            ProductQuantizer own = new ProductQuantizer(codebook);
            search = new CodeSearch(entries, blocks, own, rows, this::allocate);
        }

        CodeSearch search() {
            return search;
        }

        @Override
        void close() {
            super.close();
            search.close();
        }
    }

    /// No codes yet; `rows` is null where there are none.
    PqCoding(Codebook codebook, CodeLayout layout, Entries entries, StoredVectors rows) {
        this.codebook = codebook;
        blocks = new CodeBlocks(layout);
        scratches = new ScratchPool<>(() -> new Scratch(entries, rows));
    }

    Codebook codebook() {
        return codebook;
    }

    CodeBlocks blocks() {
        return blocks;
    }

    /// Scratch that the caller gives back; null if this coding is closed or retired.
    Scratch tryTake() {
        return scratches.tryTake();
    }

    /// Lets searches that are under way finish, and then frees everything.
    void retire() {
        scratches.drain();
        blocks.close();
    }

    /// Frees everything now; searches that are under way end with an exception.
    @Override
    public void close() {
        blocks.close();
        scratches.close();
    }
}
