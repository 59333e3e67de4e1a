package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.index.RowFilter;

/// Makes a node's filter of the number that a query carries: what an application knows of its
/// entries, under a number that all nodes of a network have agreed on.
///
/// Called on the agent's thread for every query with a tag; should neither allocate nor take long.
@FunctionalInterface
public interface FilterResolver {

    /// The resolver of a node that knows no tags: it refuses every query that carries one.
    FilterResolver NONE = tag -> null;

    /// {@return which entries pass, or null if the node does not know this tag}
    ///
    /// @param tag from [SearchFilter#tag]
    RowFilter resolve(long tag);
}
