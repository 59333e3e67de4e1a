/// Distance kernels, internal to the engine: one contract, a scalar oracle and a Vector API
/// implementation, and the holder that chooses between them once.
///
/// Kernels check nothing but what the segments themselves check: whoever calls them has validated
/// shapes. Only `VectorKernels` links `jdk.incubator.vector`, so that a JVM started without that
/// module still runs, on the scalar implementation.
package ai.bytesandbrains.engine.simd;
