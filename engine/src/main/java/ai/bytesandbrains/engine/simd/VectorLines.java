package ai.bytesandbrains.engine.simd;

import jdk.incubator.vector.VectorSpecies;

import java.nio.ByteOrder;

/// What the code scans on the Vector API have in common.
///
/// Entries are bytes, sums are shorts. A vector of bytes is added as shorts to `even`, whose low
/// halves sum the even bytes and whose high halves are spoilt by the odd ones, and shifted right by
/// 8 to `odd`; in the end `even -= odd << 8` mends the former. At 512 bits a line is one vector; at
/// less, a block is scanned strip by strip, and a table takes several vectors.
///
/// **Shape of the code.** Loops over lines go by address (`do ... while (line != end)`): what C2
/// takes for a counted loop with long offsets gets a costly range check before it, which these
/// short loops do not earn back. They are neither unrolled by hand nor cut into small methods:
/// after some fifty vector operations C2 is past its node limit and inlines no method any more but
/// those that the JDK marks as always inlined, and a vector that is passed to a method that is not
/// inlined is an object. So vector code writes the bits of the even bytes into the lower half of a
/// mask and those of the odd ones into the upper half, and [#interleave] puts them in order.
final class VectorLines {
    static final VectorSpecies<Byte> BYTES = VectorShapes.BYTES;
    static final VectorSpecies<Short> SHORTS = VectorShapes.SHORTS;
    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /// Bytes of a line, one for each slot of a block.
    static final int LINE = CodeLayout.LINE_BYTES;

    /// Bytes of a vector.
    static final int WIDTH = BYTES.length();

    /// Whether a line is one vector.
    static final boolean WIDE = WIDTH == LINE;

    /// Where the bits of the odd bytes begin.
    static final int HALF = Integer.SIZE;

    private static final long EVEN_BITS = 0x5555_5555_5555_5555L;

    private VectorLines() {}

    /// Bits of the even and of the odd bytes, in the order of the bytes.
    static void interleave(long[] masks, int count) {
        for (int i = 0; i < count; i++) {
            long halves = masks[i];
            if (halves != 0) {
                masks[i] =
                        Long.expand(halves, EVEN_BITS) | Long.expand(halves >>> HALF, ~EVEN_BITS);
            }
        }
    }
}
