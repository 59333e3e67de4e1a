package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.codec.Codebook;

import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;

/// The course of epochs in one node: when it trains, when its codebook is final, when it takes over
/// what the others have, and when a new epoch opens. What it concludes, it concludes once a round
/// from its samples and from what peers claim.
final class EpochCourse implements AutoCloseable {
    private final GossipPqConfig config;
    private final SubspaceSample[] samples;
    private final Contribution contribution;
    private final Reconciliation reconciliation;
    private final CodebookFetch fetch;
    private final DriftMeter drift;
    private final GossipPqListener listener;
    private final GossipPqCounters counters;
    private final Stability stability;
    private final Epoch epoch;
    private final PeerClaims claims;
    private final Agreement agreement;
    private final IntPredicate settled;
    private CodebookMemo memo = CodebookMemo.NONE;
    private GossipPqLog log = GossipPqLog.NONE;

    /// What is trained of this epoch; null until there is something to train.
    private SampleTraining training;

    /// Whether there was nothing to train when it was last tried.
    private boolean waiting;

    private Codebook previous;
    private long round;
    private long epochRound;

    EpochCourse(
            GossipPqConfig config,
            SubspaceSample[] samples,
            Contribution contribution,
            Reconciliation reconciliation,
            CodebookFetch fetch,
            PeerClaims claims,
            DriftMeter drift,
            GossipPqListener listener,
            GossipPqCounters counters) {
        this.config = config;
        this.samples = samples;
        this.contribution = contribution;
        this.reconciliation = reconciliation;
        this.fetch = fetch;
        this.drift = drift;
        this.listener = listener;
        this.counters = counters;
        stability = new Stability(config.subspaces(), config.agreeing());
        settled = this::isTrainable;
        epoch = new Epoch(config);
        this.claims = claims;
        agreement = new Agreement(config, claims, epoch);
    }

    Epoch epoch() {
        return epoch;
    }

    Codebook previous() {
        return previous;
    }

    long round() {
        return round;
    }

    long rounds() {
        return round - epochRound;
    }

    void share(CodebookMemo memo) {
        this.memo = memo;
    }

    /// Starts in epoch 0, or where a node was that has been restarted.
    void start(GossipPqHistory history, GossipPqLog log) {
        begin(0);
        history.replay(new Restart());
        this.log = log;
        contribution.logTo(log);
        reconciliation.logTo(log);
        log.onEpoch(epoch.number(), epoch.seed());
    }

    /// Goes on with what is to be done apart from messages: contributing, training, measuring; at
    /// most one step of each. Returns how much was done.
    int step() {
        int work = contribution.step();
        if (work > 0) {
            // Whoever had the same sample had it before this.
            stability.clear(round);
            agreement.progress(round);
        }
        if (mayTrain()) {
            work++;
            train();
        }
        if (!drift.isDone()) {
            work++;
            drift.step();
        }
        return work;
    }

    boolean isBusy() {
        return !contribution.isDone() || mayTrain() || !drift.isDone();
    }

    /// Begins a round: concludes what can be concluded.
    ///
    /// @param enough how many peers have to agree
    void beginRound(int enough, long nowNs) {
        round++;
        waiting = false;
        agreement.look(round, enough);
        if (adopt(nowNs) || advance()) {
            return;
        }
        stopFetching();
        if (epoch.codebook() != null
                && !epoch.isFrozen()
                && contribution.isDone()
                && stability.isReached(agreement.needed())
                && stability.rounds(round) >= config.freezeRounds()
                && agreement.mayFreeze()) {
            freeze();
        }
    }

    /// Whether all peers that say something say the same as this node, as far as it knows.
    boolean isSettled() {
        return epoch.codebook() != null
                && stability.isReached(agreement.needed())
                && !agreement.isDisputed();
    }

    /// Whether samples are exchanged.
    boolean isCollecting() {
        return !epoch.isFrozen() && !fetch.isActive();
    }

    /// A peer has the same sample of a subspace.
    void same(int m, long peer) {
        stability.same(m, peer);
        waiting = false;
    }

    /// The sample of a subspace changed: what was trained from it no longer holds.
    void changed(int m) {
        stability.changed(m, round);
        agreement.progress(round);
        if (training != null) {
            training.forget(m);
        }
        epoch.setCodebook(null);
    }

    void observe(MemorySegment vector, long offset) {
        if (epoch.isFrozen()) {
            drift.observe(vector, offset);
            epoch.setDrifted(drift.isDrifted());
        }
    }

    /// Takes over a final codebook.
    void take(Codebook codebook, int number) {
        if (epoch.number() != number) {
            if (epoch.isFrozen()) {
                previous = epoch.codebook();
            } else if (codebook == previous) {
                previous = null;
            }
            epoch.open(number);
            epochRound = round;
            log.onEpoch(number, epoch.seed());
        }
        epoch.setCodebook(codebook);
        listener.onCodebook(codebook, number);
        freeze();
    }

    /// Takes over what most of the peers heard of lately say is final. A node that trained a
    /// codebook of its own does so only after its own rounds have not led there.
    private boolean adopt(long nowNs) {
        if (!agreement.hasLeader()) {
            return false;
        }
        if (agreement.leads()) {
            if (epoch.isFrozen()) {
                return false;
            }
            freeze();
            return true;
        }
        int number = claims.leaderEpoch();
        long high = claims.leaderHigh();
        long low = claims.leaderLow();
        // One that has just opened an epoch waits for the others to follow.
        boolean early = epoch.codebook() != null || number < epoch.number();
        if (early && rounds() < config.minRounds()) {
            return false;
        }
        if (previous != null && previous.idHigh() == high && previous.idLow() == low) {
            stopCollecting();
            take(previous, number);
        } else if (!fetch.isOf(number, high, low)) {
            stopCollecting();
            fetch.start(number, high, low, nowNs);
        }
        return true;
    }

    /// What was to be fetched is no longer what most have: the node goes on as it was.
    private void stopFetching() {
        if (fetch.isActive()) {
            fetch.stop();
            if (!epoch.isFrozen()) {
                contribution.resume();
            }
        }
    }

    /// Opens a new epoch where there is a reason to; returns whether there was.
    private boolean advance() {
        int reached = agreement.reached();
        boolean later = reached > epoch.number();
        if (later || agreement.isOver()) {
            begin(later ? reached : epoch.number() + 1);
            return true;
        }
        return false;
    }

    private void begin(int number) {
        if (epoch.isFrozen()) {
            previous = epoch.codebook();
        }
        stopCollecting();
        fetch.stop();
        drift.stop();
        epoch.open(number);
        epochRound = round;
        for (int m = 0; m < samples.length; m++) {
            samples[m].clear(epoch.seed(m));
        }
        stability.clear(round);
        agreement.progress(round);
        contribution.start(number);
        log.onEpoch(number, epoch.seed());
        listener.onEpoch(number);
    }

    private void stopCollecting() {
        stopTraining();
        contribution.stop();
        reconciliation.clear();
    }

    /// Whether a codebook can be trained: what is settled of it, as soon as it is.
    private boolean mayTrain() {
        return !waiting
                && epoch.codebook() == null
                && contribution.isDone()
                && isCollecting()
                && rounds() >= config.minRounds();
    }

    private void train() {
        if (training == null) {
            training = new SampleTraining(config, samples, epoch.seed(), memo);
        }
        waiting = !training.step(config.trainingBudget(), settled);
        if (training.codebook() != null) {
            counters.trainings++;
            epoch.setCodebook(training.codebook());
            listener.onCodebook(epoch.codebook(), epoch.number());
        }
    }

    /// Whether a sample is likely to stay as it is. One that is full leaves its last item out.
    private boolean isTrainable(int m) {
        return stability.isReached(m, agreement.needed()) && samples[m].size() >= 2;
    }

    private void stopTraining() {
        if (training != null) {
            training.close();
            training = null;
        }
    }

    private void freeze() {
        epoch.freeze();
        stopTraining();
        agreement.progress(round);
        drift.start(epoch.codebook());
        log.onFinal(epoch.codebook(), epoch.number());
        listener.onFrozen(epoch.codebook(), epoch.number());
    }

    @Override
    public void close() {
        stopTraining();
        contribution.close();
    }

    /// Goes again through what a node was in before it was restarted. What another configuration
    /// took down is passed over.
    private final class Restart implements GossipPqLog {
        private int known = -1;

        @Override
        public void onEpoch(int number, long space) {
            known = space == config.epochSeed(number) ? number : -1;
            if (known > epoch.number()) {
                begin(known);
            }
        }

        @Override
        public void onItems(int number, int m, int count, boolean weighted, MemorySegment items) {
            if (isOpen(number)) {
                reconciliation.take(m, count, weighted, items);
            }
        }

        @Override
        public void onContributed(int number) {
            if (isOpen(number)) {
                contribution.skip();
            }
        }

        @Override
        public void onFinal(Codebook codebook, int number) {
            // It may be of an earlier epoch, or another one of this: what was taken over last.
            if (known == number) {
                stopCollecting();
                take(codebook, number);
            }
        }

        private boolean isOpen(int number) {
            return known == number && epoch.number() == number && !epoch.isFrozen();
        }
    }
}
