/// Kernels, internal to the engine: families of one contract each, with a scalar oracle, a Vector
/// API implementation, and a switch between them.
///
/// Kernels check nothing but what the segments themselves check: whoever calls them has validated
/// shapes. Only classes named `Vector...` link `jdk.incubator.vector`, so that a JVM started
/// without that module still runs, on the scalar implementations. Memory should be native, and of
/// one kind: heap segments passed where native ones have been seen make the compiled code of a
/// kernel larger and slower for all.
///
/// **A new family** needs a contract (an interface whose methods only write results), a scalar
/// class (not final, so that decoys can extend it), a class `Vector...` whose species come from
/// [VectorShapes] as static constants, a switcher with the [KernelCase] list of the warm-up (see
/// [SwitchedDistances]), and its place in [Kernels]. The warm-up calls must visit every loop and
/// both sides of every branch: what first runs in production is compiled there. A kernel is one
/// method without helpers of its own once it has more than some fifty vector operations: past its
/// node limit C2 inlines only what the JDK marks.
///
/// # How to drive the kernels
///
/// Three rules hold for all of them. A method either calls kernels or keeps the best, so that
/// neither disturbs the compilation of the other. A call should be worth one to some tens of
/// microseconds. Thresholds are refreshed between calls, never inside.
///
/// **Rows, one query** ([DistanceKernels#squaredL2Rows], [DistanceKernels#dotRows]). Take 256 rows
/// a call; compare the distances with the worst of the heap in a loop of its own, and touch ids
/// only for those that pass.
///
/// **Codes, one query** ([ScanTable], [ScanKernels]).
///
/// 1. `build` the table; measure the codes of the first blocks, four or as many as hold k codes, by
///    `distance`, into the heap; `quantize` with its worst.
/// 2. For every 32 blocks (2,048 codes): `worst` of the heap; `quantize` again if
///    `worthQuantizing`; `scan` with `threshold(worst)` into `long[32]`.
/// 3. For every mask that is not 0: clear the bits of dead, filtered and unpublished slots; for the
///    bits that are left `distance`, and into the heap what is not worse than `worst`, by
///    (distance, id). While the heap is not full, `worst` is NaN, and everything passes.
///
/// Only an order by (distance, id) that takes equal distances into account makes the answer equal
/// to that of the float tables; so do not skip `distance == worst`.
///
/// **Codes, several queries.** As above, with a table and a heap for each query, and the loop over
/// queries inside the loop over groups of blocks: the group stays in the second-level cache. Codes
/// of 4 bits are scanned for four queries at a time ([ScanTable#inGroup],
/// [ScanKernels#scan4Group]).
///
/// **Rows, many queries** ([TileKernels], [TileBound]); pays from about eight queries on.
///
/// 1. Pack the queries in fives ([TileKernels#packQuery]), with their norms in double.
/// 2. For every 64 rows: `packRows`, `norms` (squared distances; else a start of zeros). For every
///    five queries: `tile`, `masks` with their five thresholds.
/// 3. For the bits that are set (and live, and among the rows that there are): the one-query kernel
///    on that row, into the heap, and a new threshold by [TileBound] if the heap took it. The
///    threshold of a query whose heap is not full is infinite, that of a missing fifth query minus
///    infinity.
///
/// The answers are those of the one-query kernels to the last bit: the tile only says which rows
/// are worth the call.
package ai.bytesandbrains.engine.simd;
