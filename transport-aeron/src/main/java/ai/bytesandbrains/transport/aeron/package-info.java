/// Nodes, and what moves their frames.
///
/// ```
///   Subscription -> FrameDispatcher -> Protocol.onMessage -> Outbox.send -> MessageWriter ->
///   Publication
/// ```
///
/// One way, one thread. A [Node][ai.bytesandbrains.transport.aeron.Node] is an agent whose duty
/// cycle is: receive, take commands, let the protocols do what is due, look after connections.
///
/// - [Node][ai.bytesandbrains.transport.aeron.Node]: wires protocols, codecs and a transport
/// - [NodeConfig][ai.bytesandbrains.transport.aeron.NodeConfig]: its parameters
/// - [Transport][ai.bytesandbrains.transport.aeron.Transport]: moves frames;
///   [AeronTransport][ai.bytesandbrains.transport.aeron.AeronTransport] over Aeron UDP and IPC,
///   [MemoryNetwork][ai.bytesandbrains.transport.aeron.MemoryNetwork] inside one process
/// - [EmbeddedDriver][ai.bytesandbrains.transport.aeron.EmbeddedDriver]: a media driver for
///   processes that do not have one
package ai.bytesandbrains.transport.aeron;
