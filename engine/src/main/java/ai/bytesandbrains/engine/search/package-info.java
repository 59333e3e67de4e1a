/// Federated search: one query, answered by many nodes.
///
/// The asker sends its query to peers that the
/// [PeerSampling][ai.bytesandbrains.engine.overlay.PeerSampling] knows, each answers with the best
/// of its own index, and the asker merges; a deadline turns what has come by then into a partial
/// result that says so.
///
/// - [SearchParameters][ai.bytesandbrains.engine.search.SearchParameters]: what a caller wants
/// - [SearchOperations][ai.bytesandbrains.engine.search.SearchOperations]: the memory of searches;
///   callers of any thread begin, read and finish
/// - [FederatedSearch][ai.bytesandbrains.engine.search.FederatedSearch]: the protocol, both sides
/// - [SearchFilter][ai.bytesandbrains.engine.search.SearchFilter]: which entries may be found, in a
///   form that travels
/// - [Measured][ai.bytesandbrains.engine.search.Measured]: on what a distance was measured, and by
///   whom
/// - [QueryEncoding][ai.bytesandbrains.engine.search.QueryEncoding]: how a query travels
/// - [SearchResult][ai.bytesandbrains.engine.search.SearchResult]: an ordinary value, for callers
///   who may allocate
package ai.bytesandbrains.engine.search;
