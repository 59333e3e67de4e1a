package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;

/// The vectors of a node, by row numbers that stay theirs.
public interface VectorSource {

    /// Has no vectors.
    VectorSource NONE =
            new VectorSource() {
                @Override
                public int rows() {
                    return 0;
                }

                @Override
                public boolean copy(int row, MemorySegment into) {
                    return false;
                }
            };

    /// {@return one more than the largest row number}
    int rows();

    /// Copies a vector.
    ///
    /// @param row its number, from 0
    /// @param into receives its floats in native byte order, from offset 0
    /// @return false if there is no such row
    boolean copy(int row, MemorySegment into);
}
