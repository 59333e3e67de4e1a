/// The semantic overlay: peers with similar data find each other, and a vector finds the peers
/// whose data is like it.
///
/// - [SemanticConfig][ai.bytesandbrains.engine.semantic.SemanticConfig]: the parameters
/// - [SemanticOverlay][ai.bytesandbrains.engine.semantic.SemanticOverlay]: the protocol of one
///   node, a facade over logic, state and slot
/// - [SemanticLogic][ai.bytesandbrains.engine.semantic.SemanticLogic]: the algorithm, shared by all
///   nodes of one thread; `ExchangeSide` exchanges profiles, `ViewSelection` chooses what a view
///   keeps, `Finder` searches and `FindAnswers` answers searches of others
/// - [SemanticState][ai.bytesandbrains.engine.semantic.SemanticState]: the memory of many nodes, a
///   slot each; `BoundNode` moves over it, `EntryList` and `FailedPeers` are flyweights over parts
///   of a slot
/// - [FindOperations][ai.bytesandbrains.engine.semantic.FindOperations]: the finds that callers of
///   any thread begin and read
package ai.bytesandbrains.engine.semantic;
