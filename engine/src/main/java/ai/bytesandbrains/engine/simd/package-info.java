/// Kernels, internal to the engine: families of one contract each, with a scalar oracle, a Vector
/// API implementation, and a switch between them.
///
/// Kernels check nothing but what the segments themselves check: whoever calls them has validated
/// shapes. Only classes named `Vector...` link `jdk.incubator.vector`, so that a JVM started
/// without that module still runs, on the scalar implementations.
///
/// **A new family** needs a contract (an interface whose methods only write results), a scalar
/// class (not final, so that decoys can extend it), a class `Vector...` whose species come from
/// [VectorShapes] as static constants, a switcher with the [KernelCase] list of the warm-up (see
/// [SwitchedDistances]), and its place in [Kernels]. The warm-up calls must visit every loop and
/// both sides of every branch: what first runs in production is compiled there.
package ai.bytesandbrains.engine.simd;
