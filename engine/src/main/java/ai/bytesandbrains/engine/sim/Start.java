package ai.bytesandbrains.engine.sim;

/// What nodes know when a simulation starts.
public enum Start {
    /// Every view is full of random nodes; seed peers are random ones.
    RANDOM,
    /// Every view holds the nearest nodes on a ring; seed peers are random ones.
    LATTICE,
    /// Nodes come one after the other during the first half of the run; the first ones are the seed
    /// peers of all.
    GROWING,
    /// All nodes start within the first cycle and know nothing but their seed peers, the first
    /// nodes.
    JOIN,
    /// Two halves start at once, and the seed peers of each are the first nodes of the other.
    HALVES
}
