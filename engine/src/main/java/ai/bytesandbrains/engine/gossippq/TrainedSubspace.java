package ai.bytesandbrains.engine.gossippq;

/// What came out of the training of one subspace.
///
/// @param centroids one after the other; not copied, not to be changed
/// @param error mean squared distance of what it was trained from to its centroid
public record TrainedSubspace(float[] centroids, double error) {}
