package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.simd.CodeLayout;
import ai.bytesandbrains.engine.space.EmbeddingSpace;

import java.util.ArrayList;
import java.util.List;

/// What a [PqIndex] will cost.
final class PqPlan {
    private PqPlan() {}

    /// The plan; `rowSpace` is null where no rows are kept.
    static MemoryPlan of(
            PqConfig config, CodeLayout layout, EmbeddingSpace rowSpace, long entries) {
        MemoryPlan.checkEntries(entries);
        List<MemoryPlan.Part> parts = new ArrayList<>(Entries.plan(entries));
        parts.add(new MemoryPlan.Part("codes", CodeBlocks.bytesFor(layout, entries)));
        parts.add(new MemoryPlan.Part("code staging", 2L * config.codeSize()));
        if (rowSpace != null) {
            parts.addAll(StoredVectors.plan(rowSpace, entries));
        }
        return new MemoryPlan(entries, parts);
    }
}
