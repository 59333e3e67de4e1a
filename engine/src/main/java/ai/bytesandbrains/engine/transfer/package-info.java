/// Payloads too large for a frame, such as codebooks and samples: blobs named by the hash of their
/// content, fetched in chunks.
///
/// ```
///   has it                            wants it
///   OFFER(blob)              ----->
///                            <-----   FETCH(blob, first chunk, which of 32)
///   CHUNK(blob, 7, bytes)    ----->
///   CHUNK(blob, 8, bytes)    ----->
///                            <-----   FETCH(blob, next window)
///                                     the hash of all is right: done
/// ```
///
/// - [Transfer][ai.bytesandbrains.engine.transfer.Transfer]: the protocol, both sides of it
/// - [BlobSource][ai.bytesandbrains.engine.transfer.BlobSource]: what a node has to give
/// - [Blob][ai.bytesandbrains.engine.transfer.Blob]: a name
package ai.bytesandbrains.engine.transfer;
