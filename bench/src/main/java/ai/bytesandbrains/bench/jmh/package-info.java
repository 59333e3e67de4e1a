/// JMH benchmarks, one class for each family of kernels, and the limits of the machine beside them.
///
/// What the annotations of every class mean, and why they are what they are:
///
/// - `@Fork(3)`: three JVMs. The JIT compiler may settle on another shape of the same loop in each
///   one; the spread between forks shows it, a single fork hides it. The scalar oracle, which it
///   compiles the same way every time, gets one.
/// - `@Warmup(iterations = 5, time = 2)`: Vector API code needs tens of thousands of calls until C2
///   has compiled it; before, it allocates and is many times slower. The engine's own warm-up in
///   the set-up makes sure that the vector implementation serves.
/// - `@Measurement(iterations = 5, time = 1)`: long enough for the clock's frequency to settle.
/// - `@State(Scope.Thread)` with native memory: rows, codes and tables as an index keeps them, in
///   sizes that fit a cache or none.
/// - `@BenchmarkMode(AverageTime)`: time a call; each class says how much work a call is.
///
/// `-prof gc` belongs to every run: `gc.alloc.rate.norm` must be about 0 bytes a call. The answers
/// of what is measured are compared with plain loops in the tests of this package.
package ai.bytesandbrains.bench.jmh;
