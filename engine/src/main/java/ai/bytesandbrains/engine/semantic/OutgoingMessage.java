package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.DescriptorPolicy;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A message on its way out: a view over rows of the sender's slot and of a find.
final class OutgoingMessage implements SemanticMessage {

    private final ProfileSpace space;
    private final DescriptorPolicy policy;
    private final Outbox<SemanticMessage> outbox;
    private final SemanticCounters counters;
    private final long[] peers;
    private final int[] profiles;
    private final int[] versions;
    private final int[] ages;
    private final int[] weights;
    private final MemorySegment[] rows;
    private final long[] rowsAt;
    private final Digest digest;
    private SemanticKind kind;
    private long requestId;
    private long self;
    private int size;
    private int wanted;
    private boolean farthest;
    private MemorySegment query;
    private long queryAt;

    OutgoingMessage(
            int capacity,
            int digestPeers,
            ProfileSpace space,
            DescriptorPolicy policy,
            Outbox<SemanticMessage> outbox,
            SemanticCounters counters) {
        this.space = space;
        this.policy = policy;
        this.outbox = outbox;
        this.counters = counters;
        peers = new long[capacity];
        profiles = new int[capacity];
        versions = new int[capacity];
        ages = new int[capacity];
        weights = new int[capacity];
        rows = new MemorySegment[capacity];
        rowsAt = new long[capacity];
        digest = new Digest(digestPeers);
    }

    OutgoingMessage begin(SemanticKind nextKind, long id, long from) {
        kind = nextKind;
        requestId = id;
        self = from;
        size = 0;
        digest.clear();
        return this;
    }

    void addOwn(BoundNode node, int profile) {
        int weight = node.weightOf(profile);
        add(self, profile, node.versionOf(profile), 0, weight, node.rows(), node.rowOf(profile));
    }

    /// All profiles of the node, one of them first.
    void addOwnFrom(BoundNode node, int profile, int profiles) {
        addOwn(node, profile);
        for (int other = 0; other < profiles; other++) {
            if (other != profile && node.hasProfile(other)) {
                addOwn(node, other);
            }
        }
    }

    void add(
            long peer,
            int profile,
            int version,
            int age,
            int weight,
            MemorySegment memory,
            long rowAt) {
        peers[size] = peer;
        profiles[size] = profile;
        versions[size] = version;
        ages[size] = age;
        weights[size] = weight;
        rows[size] = memory;
        rowsAt[size] = rowAt;
        size++;
    }

    OutgoingMessage ask(int count, boolean forFarthest, MemorySegment memory, long rowAt) {
        wanted = count;
        farthest = forFarthest;
        query = memory;
        queryAt = rowAt;
        return this;
    }

    boolean send(long toPeer) {
        boolean taken = outbox.send(toPeer, this);
        if (!taken) {
            counters.sendsRefused++;
        }
        return taken;
    }

    @Override
    public SemanticKind kind() {
        return kind;
    }

    @Override
    public long requestId() {
        return requestId;
    }

    @Override
    public int dimensions() {
        return space.dimensions();
    }

    @Override
    public void sender(PeerDescriptor into) {
        policy.describe(self, into);
        into.handle(self);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void peerAt(int index, PeerDescriptor into) {
        Objects.checkIndex(index, size);
        policy.describe(peers[index], into);
        into.age(ages[index]);
        into.handle(peers[index]);
    }

    @Override
    public int profileAt(int index) {
        return profiles[Objects.checkIndex(index, size)];
    }

    @Override
    public int versionAt(int index) {
        return versions[Objects.checkIndex(index, size)];
    }

    @Override
    public int weightAt(int index) {
        return weights[Objects.checkIndex(index, size)];
    }

    @Override
    public float vectorAt(int index, MemorySegment into, long offset) {
        Objects.checkIndex(index, size);
        return space.copyComponents(rows[index], rowsAt[index], into, offset);
    }

    /// {@inheritDoc}
    ///
    /// Empty in a new message.
    @Override
    public Digest digest() {
        return digest;
    }

    @Override
    public int wanted() {
        return wanted;
    }

    @Override
    public boolean isFarthest() {
        return farthest;
    }

    @Override
    public float query(MemorySegment into, long offset) {
        return space.copyComponents(query, queryAt, into, offset);
    }
}
