package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.codec.Codebook;

/// The epoch that a node is in: its number and seed, the codebook that the node has for it, if any,
/// and whether that is final.
final class Epoch {
    private final GossipPqConfig config;
    private int number;
    private long seed;
    private Codebook codebook;
    private boolean frozen;
    private boolean drifted;

    Epoch(GossipPqConfig config) {
        this.config = config;
        open(0);
    }

    void open(int number) {
        this.number = number;
        seed = config.epochSeed(number);
        codebook = null;
        frozen = false;
        drifted = false;
    }

    int number() {
        return number;
    }

    long seed() {
        return seed;
    }

    /// The seed of the keys of a subspace.
    long seed(int subspace) {
        return Hash.add(seed, subspace);
    }

    Codebook codebook() {
        return codebook;
    }

    void setCodebook(Codebook codebook) {
        this.codebook = codebook;
    }

    boolean isFrozen() {
        return frozen;
    }

    void freeze() {
        frozen = true;
    }

    void setDrifted(boolean drifted) {
        this.drifted = drifted;
    }

    long high() {
        return codebook == null ? 0 : codebook.idHigh();
    }

    long low() {
        return codebook == null ? 0 : codebook.idLow();
    }

    /// Writes into a message what this node has to say of its epoch.
    OutgoingMessage sign(OutgoingMessage message) {
        int flags = (frozen ? GossipPqMessage.FROZEN : 0) | (drifted ? GossipPqMessage.DRIFTED : 0);
        return message.codebook(high(), low(), flags);
    }
}
