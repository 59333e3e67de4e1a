package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.DescriptorPolicy;
import ai.bytesandbrains.engine.overlay.DescriptorVerifier;
import ai.bytesandbrains.engine.overlay.KeyedHash;
import ai.bytesandbrains.engine.overlay.NodeIdentity;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.random.RandomGenerator;

/// Signed descriptors for one node: it signs its own afresh twice in a period, checks those of
/// others before they get anywhere, and keeps the proofs of the peers in the table, to hand them
/// on.
///
/// A descriptor is taken if it was signed by the key that its identity is the hash of, for this
/// network, not too long ago, not in the future, and not before the start of that peer that is
/// known by now. Its age is what its time says, in half periods (a node makes about two exchanges a
/// period), whatever the sender of the message claims. An address that was proven replaces the one
/// that the table has.
///
/// Checking a signature takes some hundred microseconds and allocates. So a proof that has held is
/// not checked again (a cache of keyed digests), the rest have a budget, and a message with one
/// proof that does not hold is read no further: nobody honest sends one.
///
/// Time comes from the protocol, as everywhere; the difference to the time of day is an argument.
///
/// Record of 128 bytes for each slot of the peer table, native order:
///
/// ```
///   0  peer's handle 8
///   8  issued at 8
///  16  sequence 4, unused 4
///  24  proof 12 x 8
/// 120  unused
/// ```
///
/// Owned by whoever made it, who closes it; serves one [GossipLogic] of one slot. Not thread-safe.
public final class DescriptorSigning implements AutoCloseable {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final int RECORD_BYTES = 128;
    private static final int ISSUED_AT = 8;
    private static final int SEQUENCE = 16;
    private static final int PROOF = 24;
    private static final int CACHE_SIZE = 512;
    private static final long NS_IN_MS = 1_000_000;

    private final NodeIdentity identity;
    private final Peer self;
    private final SigningConfig config;
    private final PeerTable table;
    private final long epochOffsetNs;
    private final long halfPeriodMs;
    private final long periodNs;
    private final int sequence;
    private final long cacheKey0;
    private final long cacheKey1;
    private final DescriptorVerifier verifier = new DescriptorVerifier();
    private final long[] cache = new long[CACHE_SIZE];
    private final PeerDescriptor own = new PeerDescriptor();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment records;
    private final VerificationBudget solicitedBudget;
    private final VerificationBudget strangersBudget;
    private final SignedDescriptors policy;
    private boolean issued;
    private long issuedNs;

    /// Makes the signing of a node. Its start is told from earlier ones by the time of day, in
    /// seconds: a node that starts twice in a second cannot change its address in between.
    ///
    /// @param identity who the node is
    /// @param self the peer of that identity, and its address
    /// @param config the parameters
    /// @param gossip the parameters of the protocol
    /// @param table the node's peers; stays the caller's
    /// @param random the source of chance
    /// @param epochOffsetNs what has to be added to the protocol's time to make it nanoseconds
    ///     since 1970
    /// @param nowNs the protocol's time
    /// @throws IllegalArgumentException if `self` is not of the identity
    public DescriptorSigning(
            NodeIdentity identity,
            Peer self,
            SigningConfig config,
            GossipConfig gossip,
            PeerTable table,
            RandomGenerator random,
            long epochOffsetNs,
            long nowNs) {
        this.identity = Objects.requireNonNull(identity, "identity");
        this.self = Objects.requireNonNull(self, "self");
        this.config = Objects.requireNonNull(config, "config");
        this.table = Objects.requireNonNull(table, "table");
        if (!self.id().equals(identity.id())) {
            throw new IllegalArgumentException(
                    "self=%s identity=%s: expected the same".formatted(self.id(), identity.id()));
        }
        this.epochOffsetNs = epochOffsetNs;
        this.periodNs = gossip.periodNs();
        this.halfPeriodMs = Math.max(1, gossip.periodNs() / 2 / NS_IN_MS);
        this.cacheKey0 = random.nextLong();
        this.cacheKey1 = random.nextLong();
        this.solicitedBudget = budget(gossip, nowNs);
        this.strangersBudget = budget(gossip, nowNs);
        this.sequence = (int) (timeMs(nowNs) / 1_000);
        this.records = arena.allocate((long) table.capacity() * RECORD_BYTES, 64);
        this.policy =
                new SignedDescriptors(this, table, budget(gossip, nowNs), budget(gossip, nowNs));
        refresh(nowNs);
    }

    /// {@return what other protocols of the node go by; lives as long as this}
    public DescriptorPolicy policy() {
        return policy;
    }

    /// Signs the node's own descriptor afresh if the last one is half a period old.
    void refresh(long nowNs) {
        if (!issued || nowNs - issuedNs >= periodNs / 2) {
            identity.sign(own.set(self), config.network(), sequence, timeMs(nowNs));
            issued = true;
            issuedNs = nowNs;
        }
    }

    /// Why a descriptor must not be taken, or null if it may.
    ///
    /// @param descriptor valid in form
    /// @param solicited whether it came with an answer to an own request
    DescriptorRejection check(PeerDescriptor descriptor, boolean solicited, long nowNs) {
        return check(descriptor, solicited ? solicitedBudget : strangersBudget, nowNs);
    }

    /// As [#check(PeerDescriptor, boolean, long)], at the expense of a budget of the caller's.
    DescriptorRejection check(PeerDescriptor descriptor, VerificationBudget budget, long nowNs) {
        if (!descriptor.isSigned()) {
            return DescriptorRejection.UNSIGNED;
        }
        long ageMs = timeMs(nowNs) - descriptor.issuedAtMs();
        if (descriptor.issuedAtMs() < 0 || ageMs > config.lifetimeNs() / NS_IN_MS) {
            return DescriptorRejection.EXPIRED;
        }
        if (ageMs < -(config.maxClockSkewNs() / NS_IN_MS)) {
            return DescriptorRejection.FROM_THE_FUTURE;
        }
        long record = recordOf(table.find(descriptor.shortId()));
        if (record >= 0
                && Integer.compareUnsigned(
                                descriptor.sequence(), records.get(INT, record + SEQUENCE))
                        < 0) {
            return DescriptorRejection.REPLAYED;
        }
        long fingerprint = fingerprint(descriptor);
        int place = (int) fingerprint & (CACHE_SIZE - 1);
        if (cache[place] == fingerprint) {
            return null;
        }
        if (!budget.take(nowNs)) {
            return DescriptorRejection.OVER_BUDGET;
        }
        if (!verifier.isIdOfKey(descriptor)) {
            return DescriptorRejection.WRONG_KEY;
        }
        if (!verifier.isSignedByKey(descriptor, config.network())) {
            return DescriptorRejection.BAD_SIGNATURE;
        }
        cache[place] = fingerprint;
        return null;
    }

    /// Whether the proof that is known of a peer makes another look at this one unnecessary: it is
    /// of the same start, and good for long enough or the later one of the two.
    boolean isProven(PeerDescriptor descriptor, long nowNs) {
        long record = recordOf(table.find(descriptor.shortId()));
        if (record < 0 || records.get(INT, record + SEQUENCE) != descriptor.sequence()) {
            return false;
        }
        long issuedAtMs = records.get(LONG, record + ISSUED_AT);
        long lifeMs = config.lifetimeNs() / NS_IN_MS;
        long ageMs = timeMs(nowNs) - issuedAtMs;
        return ageMs <= lifeMs / 2 || (ageMs <= lifeMs && descriptor.issuedAtMs() <= issuedAtMs);
    }

    /// How old a checked descriptor is, in exchanges.
    int ageOf(PeerDescriptor descriptor, long nowNs) {
        long ageMs = Math.max(0, timeMs(nowNs) - descriptor.issuedAtMs());
        return (int) Math.min(ageMs / halfPeriodMs, GossipConfig.MAX_AGE);
    }

    /// Keeps the proof of a checked descriptor, unless a later one is known.
    ///
    /// @param peer its handle
    void keep(long peer, PeerDescriptor descriptor) {
        long known = recordOf(peer);
        if (known >= 0 && !isLater(descriptor, known)) {
            return;
        }
        // Of one start there is one address: who signs two can only cheat himself out of being
        // found.
        boolean restarted =
                known < 0 || records.get(INT, known + SEQUENCE) != descriptor.sequence();
        if (restarted) {
            table.replaceAddress(peer, descriptor);
        }
        long at = (long) PeerTable.slotOf(peer) * RECORD_BYTES;
        records.set(LONG, at, peer);
        records.set(LONG, at + ISSUED_AT, descriptor.issuedAtMs());
        records.set(INT, at + SEQUENCE, descriptor.sequence());
        for (int i = 0; i < PeerDescriptor.PROOF_WORDS; i++) {
            records.set(LONG, at + PROOF + (long) i * Long.BYTES, descriptor.proofWord(i));
        }
    }

    /// Whether others would take what is known of a peer.
    boolean isPresentable(long peer, long nowNs) {
        if (table.shortIdOf(peer) == self.id().shortId()) {
            return issued;
        }
        long record = recordOf(peer);
        return record >= 0
                && timeMs(nowNs) - records.get(LONG, record + ISSUED_AT)
                        <= config.lifetimeNs() / NS_IN_MS;
    }

    /// Fills in a peer, signed if it is presentable; `into` keeps its age.
    void describe(long peer, PeerDescriptor into) {
        if (table.shortIdOf(peer) == self.id().shortId()) {
            into.set(self).signed(own.sequence(), own.issuedAtMs());
            for (int i = 0; i < PeerDescriptor.PROOF_WORDS; i++) {
                into.proofWord(i, own.proofWord(i));
            }
            return;
        }
        table.describe(peer, into);
        long record = recordOf(peer);
        if (record < 0) {
            return;
        }
        into.signed(records.get(INT, record + SEQUENCE), records.get(LONG, record + ISSUED_AT));
        for (int i = 0; i < PeerDescriptor.PROOF_WORDS; i++) {
            into.proofWord(i, records.get(LONG, record + PROOF + (long) i * Long.BYTES));
        }
    }

    /// Frees the memory; closing twice is allowed.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private VerificationBudget budget(GossipConfig gossip, long nowNs) {
        return new VerificationBudget(
                config.verificationsPerPeriod() / 2, gossip.exchangeSize(), periodNs, nowNs);
    }

    private boolean isLater(PeerDescriptor descriptor, long record) {
        int order =
                Integer.compareUnsigned(descriptor.sequence(), records.get(INT, record + SEQUENCE));
        return order > 0
                || (order == 0 && descriptor.issuedAtMs() > records.get(LONG, record + ISSUED_AT));
    }

    /// Where the proof of a peer is, or -1 if there is none: a slot may hold its predecessor's.
    private long recordOf(long peer) {
        if (peer == PeerTable.NULL_PEER) {
            return -1;
        }
        long at = (long) PeerTable.slotOf(peer) * RECORD_BYTES;
        return records.get(LONG, at) == peer ? at : -1;
    }

    /// A digest of everything that is signed, and of the signature. Keyed, so that nobody can make
    /// another descriptor of the same digest.
    private long fingerprint(PeerDescriptor descriptor) {
        long hash = mix(0, descriptor.shortId());
        hash = mix(hash, descriptor.id1());
        hash = mix(hash, descriptor.id2());
        hash = mix(hash, descriptor.id3());
        hash = mix(hash, (long) descriptor.addressKind() << 32 | descriptor.port());
        hash = mix(hash, descriptor.ipHigh());
        hash = mix(hash, descriptor.ipLow());
        hash =
                mix(
                        hash,
                        (long) descriptor.stream() << 32
                                | Integer.toUnsignedLong(descriptor.sequence()));
        hash = mix(hash, descriptor.issuedAtMs());
        for (int i = 0; i < PeerDescriptor.PROOF_WORDS; i++) {
            hash = mix(hash, descriptor.proofWord(i));
        }
        // Zero is what an empty place of the cache holds.
        return hash == 0 ? 1 : hash;
    }

    private long mix(long hash, long word) {
        return KeyedHash.hash(cacheKey0, cacheKey1, hash ^ word);
    }

    private long timeMs(long nowNs) {
        return Math.floorDiv(nowNs + epochOffsetNs, NS_IN_MS);
    }
}
