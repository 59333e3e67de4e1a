/// The engine beside JVector, a vector search library for the JVM: the same work on the same data
/// in the same process. Nothing but this package uses JVector.
package ai.bytesandbrains.bench.compare;
