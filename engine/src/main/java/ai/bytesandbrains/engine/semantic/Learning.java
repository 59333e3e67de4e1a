package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.SemanticState.CAME;
import static ai.bytesandbrains.engine.semantic.SemanticState.FAMILIAR;
import static ai.bytesandbrains.engine.semantic.SemanticState.INT;
import static ai.bytesandbrains.engine.semantic.SemanticState.NAMED;
import static ai.bytesandbrains.engine.semantic.SemanticState.NAMED_NOW;
import static ai.bytesandbrains.engine.semantic.SemanticState.NEWS;

import java.lang.foreign.MemorySegment;

/// How much of what comes to a node it did not know, and of how many peers it hears in a cycle; a
/// flyweight over the node's slot. Both are means in which the last cycle counts half.
///
/// Means are fixed-point numbers, so that a slot full of zeros is that of a node to which all is
/// new.
final class Learning {

    private static final int ONE = 1 << 16;

    /// While more than one profile in so many is new, a node learns fast.
    private static final int FAST_SHARE = 4;

    private static final int FASTER_THAN_USUAL_SHARE = 16;
    private static final int FAST = 4;
    private static final int FASTER_THAN_USUAL = 2;

    private final MemorySegment memory;
    private long base;

    Learning(SemanticState state) {
        memory = state.memory;
    }

    void bind(long base) {
        this.base = base;
    }

    /// Counts what a message brought.
    ///
    /// @param profiles all of them
    /// @param news those that the node did not know
    /// @param peers whose they are
    void note(int profiles, int news, int peers) {
        add(CAME, profiles);
        add(NEWS, Math.min(news, profiles));
        add(NAMED_NOW, peers);
    }

    void endCycle() {
        int came = memory.get(INT, base + CAME);
        if (came > 0) {
            int familiar = (int) ((long) (came - memory.get(INT, base + NEWS)) * ONE / came);
            approach(FAMILIAR, familiar);
        }
        approach(NAMED, Math.min(memory.get(INT, base + NAMED_NOW), ONE >> 1) * (ONE >> 4));
        memory.set(INT, base + CAME, 0);
        memory.set(INT, base + NEWS, 0);
        memory.set(INT, base + NAMED_NOW, 0);
    }

    /// {@return how many exchanges in a period are worth their bytes}
    int speed() {
        int news = ONE - memory.get(INT, base + FAMILIAR);
        return news > ONE / FAST_SHARE
                ? FAST
                : news > ONE / FASTER_THAN_USUAL_SHARE ? FASTER_THAN_USUAL : 1;
    }

    /// {@return after how many cycles a peer is named again in the mean}
    ///
    /// @param peers how many the node knows
    int cyclesBetweenNews(int peers) {
        long named = Math.max(ONE >> 4, memory.get(INT, base + NAMED));
        return (int) ((long) peers * (ONE >> 4) / named);
    }

    private void approach(int field, int value) {
        int mean = memory.get(INT, base + field);
        memory.set(INT, base + field, mean + (value - mean) / 2);
    }

    private void add(int field, int count) {
        memory.set(INT, base + field, memory.get(INT, base + field) + count);
    }
}
