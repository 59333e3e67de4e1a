/// What a node keeps on disk, so that it goes on after a restart where it was: its identity, the
/// secrets of what it contributes, its sample and its codebooks, in a mapped journal.
///
/// Needs chronicle-bytes, an optional dependency, and the JVM flags that
/// `transport-aeron/README.md` names. Nothing else in this module does.
package ai.bytesandbrains.transport.aeron.journal;
