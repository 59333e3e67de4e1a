package ai.bytesandbrains.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

class CodebookFormatTest {
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Codebook codebook = Codebooks.random(Metric.L2, 6, 3, 4);
    private final byte[] bytes = write(codebook);

    private static byte[] write(Codebook codebook) {
        byte[] bytes = new byte[(int) CodebookFormat.bytes(codebook)];
        CodebookFormat.write(codebook, MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    private static Codebook read(byte[] bytes) {
        return CodebookFormat.read(MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    @ParameterizedTest
    @CsvSource({"L2,6,3,4", "COSINE,8,2,6", "INNER_PRODUCT,4,4,8"})
    void shouldReadWhatItWrote(Metric metric, int dimensions, int subspaces, int bits) {
        Codebook written = Codebooks.random(metric, dimensions, subspaces, bits);
        Codebook read = read(write(written));

        assertThat(read.hasSameId(written)).isTrue();
        assertThat(read.metric()).isEqualTo(metric);
        assertThat(read.bits()).isEqualTo(bits);
        assertThat(read.trainingError()).isEqualTo(0.75);
        for (int k = 0; k < written.centroids(); k++) {
            assertThat(read.centroid(1, k, 0)).isEqualTo(written.centroid(1, k, 0));
        }
    }

    @Test
    void shouldReadAndWriteInTheMiddleOfASegment() {
        MemorySegment segment = MemorySegment.ofArray(new byte[bytes.length + 7]);
        CodebookFormat.write(codebook, segment, 3);

        assertThat(CodebookFormat.read(segment, 3, bytes.length).hasSameId(codebook)).isTrue();
    }

    @Test
    void shouldRefuseEveryFlippedByte() {
        for (int at = 0; at < bytes.length; at++) {
            for (int flip : new int[] {1, 0x80, 0xff}) {
                byte[] damaged = bytes.clone();
                damaged[at] ^= (byte) flip;
                assertThatIllegalArgumentException()
                        .as("byte %d flipped by %d", at, flip)
                        .isThrownBy(() -> read(damaged));
            }
        }
    }

    @Test
    void shouldRefuseEveryTruncation() {
        for (int length = 0; length < bytes.length; length++) {
            byte[] truncated = Arrays.copyOf(bytes, length);
            assertThatIllegalArgumentException()
                    .as("length %d", length)
                    .isThrownBy(() -> read(truncated));
        }
    }

    @Test
    void shouldRefuseBytesBehindTheEnd() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(Arrays.copyOf(bytes, bytes.length + 1)))
                .withMessageContaining("length=" + (bytes.length + 1));
    }

    /// Field offset, value and what the message says, the checksum made to fit.
    @ParameterizedTest
    @CsvSource({
        "8,2,version=2 is not known here",
        "12,128,headerBytes=128",
        "16,9,metric=9",
        "20,0,dimensions=0",
        "20,-6,dimensions=-6",
        "20,2147483647,dimensions=2147483647",
        "20,8191,subspaces=3 must divide dimensions=8191",
        "20,16777215,are not between 1 and 8192",
        "20,8190,should be",
        "24,0,subspaces=0",
        "24,4,subspaces=4 must divide dimensions=6",
        "24,-3,subspaces=-3",
        "28,5,bits=5",
        "28,31,bits=31",
        "28,8,should be",
        "40,1,the id is not that of the content",
        "64,2143289344,is not finite",
    })
    void shouldRefuseAbsurdFieldsWithAChecksumThatFits(int at, int value, String message) {
        MemorySegment segment = MemorySegment.ofArray(bytes);
        segment.set(INT, at, value);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 60);
        crc.update(bytes, 64, bytes.length - 64);
        segment.set(INT, 60, (int) crc.getValue());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(bytes))
                .withMessageContaining(message);
    }

    @Test
    void shouldRefuseANegativeLength() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CodebookFormat.read(MemorySegment.ofArray(bytes), 0, -1));
    }
}
