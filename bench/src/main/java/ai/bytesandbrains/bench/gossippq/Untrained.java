package ai.bytesandbrains.bench.gossippq;

import ai.bytesandbrains.engine.gossippq.CodebookMemo;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.gossippq.TrainedSubspace;

/// Stands in for training where only rounds and bytes matter: equal samples give equal centroids,
/// and others give others, but they are made of the sample's hash and not learned from it.
public final class Untrained implements CodebookMemo {
    private final int floats;

    /// For nodes with these parameters.
    ///
    /// @param config the protocol's
    public Untrained(final GossipPqConfig config) {
        floats = config.centroids() * config.subspaceDimensions();
    }

    @Override
    public TrainedSubspace find(final byte[] digest) {
        final float[] centroids = new float[floats];
        for (int i = 0; i < floats; i++) {
            // Small whole numbers are exact in half precision.
            centroids[i] = digest[i % digest.length];
        }
        return TrainedSubspace.of(centroids, 0);
    }

    @Override
    public void put(final byte[] digest, final TrainedSubspace trained) {
        throw new IllegalStateException("nothing is trained");
    }
}
