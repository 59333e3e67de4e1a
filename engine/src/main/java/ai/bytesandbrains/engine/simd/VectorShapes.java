package ai.bytesandbrains.engine.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The one vector width of this JVM, as constants that C2 can see through.
///
/// It is the width that the processor prefers, at most 512 bits, or the one that the system
/// property asks for where the processor has it.
final class VectorShapes {
    private static final int MAX_BITS = 512;

    /// What the processor prefers.
    static final int PREFERRED_BITS =
            Math.min(FloatVector.SPECIES_PREFERRED.vectorBitSize(), MAX_BITS);

    /// What the kernels run at.
    static final int BITS = VectorWidth.requested().bitsOf(PREFERRED_BITS);

    private static final VectorShape SHAPE = VectorShape.forBitSize(BITS);

    static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);
    static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SHAPE);
    static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, SHAPE);

    private VectorShapes() {}
}
