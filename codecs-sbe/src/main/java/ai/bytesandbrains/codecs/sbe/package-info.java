/// The wire: adapters between the engine's message interfaces and SBE frames, in both directions,
/// without intermediate objects.
///
/// ```
///   inbound   bytes -> FrameDispatcher -> MessageReader (a view over the bytes) -> Protocol
///   outbound  Protocol -> MessageWriter (encodes in place) -> bytes
/// ```
///
/// - [FrameDispatcher][ai.bytesandbrains.codecs.sbe.FrameDispatcher]: checks the header of a frame
///   and hands it to the reader and the protocol that are bound for it; drops and counts the rest
/// - [MessageReader][ai.bytesandbrains.codecs.sbe.MessageReader],
///   [MessageWriter][ai.bytesandbrains.codecs.sbe.MessageWriter]: one of each for every protocol
/// - [FrameStamp][ai.bytesandbrains.codecs.sbe.FrameStamp]: what a node writes into its headers
/// - [DropReason][ai.bytesandbrains.codecs.sbe.DropReason]: why a frame was dropped
///
/// A further protocol brings its messages into `schema.xml`, a reader, a writer, and one `bind`.
/// The flyweights in `ai.bytesandbrains.codecs.sbe.wire` are generated from the schema at build
/// time; nobody outside this package uses them.
package ai.bytesandbrains.codecs.sbe;
