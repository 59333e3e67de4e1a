package ai.bytesandbrains.engine.index;

/// One search result of the convenience methods.
///
/// @param id the external id that the vector was added under
/// @param distance its distance to the query, in the unit of the index's space
public record Neighbour(long id, float distance) {}
