/// What protocols share: identities and addresses, the bounded table of known peers, the interface
/// of a protocol and of a peer sampling service, and the outbox through which everything leaves.
///
/// Nothing here does input or output, starts a thread or reads a clock. Time is a `nowNs` argument
/// of [System#nanoTime]'s kind (only differences mean anything) and randomness a
/// [java.util.random.RandomGenerator], so a run can be replayed bit for bit.
package ai.bytesandbrains.engine.overlay;
