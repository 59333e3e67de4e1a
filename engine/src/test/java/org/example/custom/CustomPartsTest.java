package org.example.custom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.bytesandbrains.engine.codec.Codec;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.Neighbour;
import ai.bytesandbrains.engine.space.L2Space;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The interfaces can be implemented by others, with nothing but the public API.
class CustomPartsTest {
    @Test
    void shouldRunACustomIndex() {
        try (Index index = new NearestOfAllIndex(new L2Space(2))) {
            index.add(1, new float[] {0, 0});
            index.add(2, new float[] {3, 4});
            index.upsert(2, new float[] {0, 2});

            assertThat(index.search(new float[] {0, 0}, 5))
                    .containsExactly(new Neighbour(1, 0), new Neighbour(2, 4));
            assertThatIllegalArgumentException().isThrownBy(() -> index.add(3, new float[3]));
            assertThat(index.isEmpty()).isFalse();
        }
    }

    @Test
    void shouldRunACustomCodec() {
        Codec codec = new SignCodec(3);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment vector = arena.allocateFrom(ValueLayout.JAVA_FLOAT, -5, 0, 7);
            MemorySegment code = arena.allocate(codec.codeSize());
            codec.encode(vector, 0, code, 0);
            codec.decode(code, 0, vector, 0);

            assertThat(vector.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(-1, 0, 1);
        }
    }
}
