package ai.bytesandbrains.bench.demo;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.gossippq.NodeSecrets;
import ai.bytesandbrains.engine.index.CodedIndex;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.transport.aeron.CodebookLearning;
import ai.bytesandbrains.transport.aeron.LearnedCodebook;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// How the peers of a demo learn their codebook, and go over from vectors to codes. Nothing begins
/// before [#begin].
///
/// For one thread, which is none of the peers' own.
public final class DemoLearning {
    /// Floats of a vector that one byte of code stands for.
    private static final int FLOATS_PER_BYTE = 8;

    private static final int BITS = 6;

    /// A sample of 32 for each centroid: enough for codes that rows have a second look at.
    private static final int SAMPLE = 32 << BITS;

    private static final int MIN_ROUNDS = 20;
    private static final int FREEZE_ROUNDS = 15;

    /// A demo is watched: rounds follow each other as fast as two cores can keep up.
    private static final long LEAST_PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long PERIOD_OF_A_PEER_NS = TimeUnit.MILLISECONDS.toNanos(8);

    /// Many agents share few cores, so an answer may take its time.
    private static final int TIMEOUT_PERIODS = 4;

    private final GossipPqConfig config;
    private final EmbeddingSpace space;
    private final EmbeddingSpace rowSpace;
    private final SecureRandom random = new SecureRandom();
    private final List<CodebookLearning> learners = new ArrayList<>();

    DemoLearning(final int dimensions, final int peers) {
        space = Metric.COSINE.space(dimensions);
        rowSpace = new Int8Space(Metric.COSINE, dimensions);
        final GossipPqConfig defaults =
                GossipPqConfig.of(Metric.COSINE, dimensions, dimensions / FLOATS_PER_BYTE, BITS);
        final long periodNs = Math.max(LEAST_PERIOD_NS, peers * PERIOD_OF_A_PEER_NS);
        config =
                defaults
                        // Few peers must be able to fill a sample, or theirs are left out.
                        .withSample(SAMPLE, SAMPLE / 2)
                        .withRate(defaults.fanout(), periodNs, TIMEOUT_PERIODS * periodNs)
                        .withRounds(MIN_ROUNDS, FREEZE_ROUNDS);
    }

    /// An index that will follow the codebook.
    CodedIndex index(final Share share) {
        return share.index(space, rowSpace);
    }

    /// The part of the next peer.
    CodebookLearning add(final Share share, final CodedIndex index) {
        final CodebookLearning learner =
                new CodebookLearning(config, NodeSecrets.create(random), share)
                        .encoding(index)
                        .waiting();
        learners.add(learner);
        return learner;
    }

    /// Lets the peers learn.
    public void begin() {
        learners.forEach(CodebookLearning::begin);
    }

    /// {@return what a peer has learned so far}
    ///
    /// @param peer from 0
    public LearnedCodebook learned(final int peer) {
        return learners.get(peer).learned();
    }

    /// {@return how many of these peers have gone over to codes}
    ///
    /// @param peers from 0
    public int encoded(final List<Integer> peers) {
        return (int) peers.stream().filter(peer -> learned(peer).encoded()).count();
    }

    /// {@return the rounds that the slowest of these peers needed}
    ///
    /// @param peers from 0
    public long rounds(final List<Integer> peers) {
        return peers.stream().mapToLong(peer -> learned(peer).rounds()).max().orElse(0);
    }

    /// {@return the codebook that all of these peers have, or null if not all have the same}
    ///
    /// @param peers from 0
    public Codebook common(final List<Integer> peers) {
        final List<Codebook> all =
                peers.stream().map(peer -> learned(peer).codebook()).distinct().toList();
        final boolean same =
                all.stream().allMatch(each -> each != null && each.hasSameId(all.getFirst()));
        return same ? all.getFirst() : null;
    }

    /// {@return bytes that the protocol has sent, all peers together}
    public long bytesSent() {
        return learners.stream().mapToLong(CodebookLearning::bytesSent).sum();
    }

    /// {@return bytes of a vector before there are codes}
    public double vectorBytes() {
        return space.rowBytes();
    }

    /// {@return bytes of a vector's code}
    public double codeBytes() {
        return config.subspaces() * config.bits() / (double) Byte.SIZE;
    }

    /// {@return bytes of the row that a vector keeps beside its code, for the second look}
    public double rowBytes() {
        return rowSpace.rowBytes();
    }
}
