package org.example.custom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.bytesandbrains.engine.codec.Codec;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.Neighbour;
import ai.bytesandbrains.engine.index.Neighbours;
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
    void shouldMeasureWithACustomSpace() {
        ManhattanSpace space = new ManhattanSpace(3);
        try (Arena arena = Arena.ofConfined();
                FlatIndex index = new FlatIndex(space);
                Neighbours found = new Neighbours(2)) {
            MemorySegment vectors =
                    arena.allocateFrom(ValueLayout.JAVA_SHORT, new short[] {1, 2, 3, 4, 0, 13, 7});
            index.add(1, vectors, 0);
            index.add(2, vectors, 6);
            index.add(3, vectors, 8);

            assertThat(index.search(vectors, 2, 2, found)).isEqualTo(2);
            assertThat(found.idAt(0)).isEqualTo(1);
            assertThat(found.distanceAt(0)).isEqualTo(1 + 1 + 1);
            assertThat(found.idAt(1)).isEqualTo(2);
            assertThat(found.distanceAt(1)).isEqualTo(2 + 3 + 9);
            assertThat(index.removeMatching(vectors, 8)).isEqualTo(1);
            assertThat(index.len()).isEqualTo(2);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> index.search(new float[3], 1))
                    .withMessageContaining("not floats");
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
