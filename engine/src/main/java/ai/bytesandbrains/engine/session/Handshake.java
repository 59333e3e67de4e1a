package ai.bytesandbrains.engine.session;

import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerHandler;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Protocol;

import java.util.random.RandomGenerator;

/// Makes strangers known: both sides of the handshake, and the sessions it ends in.
///
/// A stranger is a peer without a session, or in another incarnation than that of its session. All
/// he gets is a CHALLENGE, at the address that he claims, no longer than what he sent and not more
/// often than the budget allows; nothing of him is remembered. Whoever echoes the cookie in it
/// listens there. Only then his frames reach protocols, and only then he is sent anything else.
///
/// Where this node has something to send to a peer without a session it says HELLO, which is the
/// one small probe that an address named by others gets. A peer that knows this node no longer
/// answers with a CHALLENGE that nobody asked for: then the handshake is made anew, beside the
/// traffic.
///
/// What was confirmed directly is worth more than hearsay: it replaces the address in the peer
/// table, unless addresses there are proven by signatures. A peer that was heard from a moment ago
/// does not move: his challenge goes to where he was, so nobody can take his place while he lives.
///
/// None of this proves who somebody is: signed descriptors do. Single-threaded; allocates nothing
/// in steady state.
public final class Handshake implements Protocol<HandshakeMessage>, FrameGuard, AutoCloseable {

    /// The number of this protocol in frames.
    public static final int PROTOCOL_ID = 3;

    private static final long FAR_NS = 1L << 60;
    private static final long SECOND_NS = 1_000_000_000L;

    private final SessionConfig config;
    private final PeerTable table;
    private final boolean provenAddresses;
    private final Outbox<HandshakeMessage> outbox;
    private final PeerHandler unreachable;
    private final SessionCounters counters = new SessionCounters();
    private final Sessions sessions;
    private final Pending pending;
    private final Cookies cookies;
    private final OutgoingHandshake message;
    private final Challenger challenger;
    private final PeerDescriptor peer = new PeerDescriptor();
    private final PeerDescriptor scratch = new PeerDescriptor();

    /// Makes the protocol of one node.
    ///
    /// @param config its bounds
    /// @param self who and where the node is
    /// @param table the peers; stays the caller's. [SessionConfig#pending] references at most
    /// @param provenAddresses whether what the table says of addresses is proven by signatures
    /// @param random the source of nonces and of the secret: nobody outside may guess it
    /// @param outbox the way out to peers in the table
    /// @param probes the way out to others
    /// @param unreachable hears of peers that answer no HELLO
    public Handshake(
            SessionConfig config,
            PeerDescriptor self,
            PeerTable table,
            boolean provenAddresses,
            RandomGenerator random,
            Outbox<HandshakeMessage> outbox,
            ProbeOutbox probes,
            PeerHandler unreachable) {
        this.config = config;
        this.table = table;
        this.provenAddresses = provenAddresses;
        this.outbox = outbox;
        this.unreachable = unreachable;
        sessions = new Sessions(config.sessions());
        pending = new Pending(config.pending(), table, random);
        cookies = new Cookies(random);
        message = new OutgoingHandshake(self);
        challenger =
                new Challenger(
                        config,
                        table,
                        provenAddresses,
                        sessions,
                        cookies,
                        counters,
                        message,
                        outbox,
                        probes);
    }

    /// {@return what was done so far}
    public SessionCounters counters() {
        return counters;
    }

    /// {@return how many peers have a session}
    public int sessionCount() {
        return sessions.size();
    }

    @Override
    public int protocolId() {
        return PROTOCOL_ID;
    }

    /// Tells whether a peer may be sent more than a probe; if not, a handshake with him begins at
    /// the next [#poll].
    ///
    /// @param to a live handle
    /// @return whether he may
    public boolean isOpen(long to) {
        int session = sessions.find(table.shortIdOf(to));
        if (session != Sessions.NONE && isWhereTheTableSays(session, to)) {
            return true;
        }
        pending.add(to);
        return false;
    }

    private boolean isWhereTheTableSays(int session, long to) {
        int addresses = table.addressCount(to);
        for (int i = 0; i < addresses; i++) {
            table.describe(to, i, scratch);
            if (sessions.isAt(session, scratch)) {
                return true;
            }
        }
        if (provenAddresses) {
            return false;
        }
        table.describe(to, scratch);
        sessions.address(session, scratch);
        table.replaceAddress(to, scratch);
        return true;
    }

    // ---- the inbound edge

    @Override
    public Verdict admit(long sender, long incarnation, long sequence, long nowNs) {
        int session = sessions.find(sender);
        if (session == Sessions.NONE || sessions.incarnation(session) != incarnation) {
            return Verdict.STRANGER;
        }
        return sessions.accept(session, sequence, nowNs) ? Verdict.ADMITTED : Verdict.REPLAYED;
    }

    @Override
    public void onStranger(PeerDescriptor claimed, long incarnation, long nowNs) {
        challenger.challenge(claimed, incarnation, 0, nowNs);
    }

    @Override
    public int onMessage(long fromPeer, HandshakeMessage in, long nowNs) {
        return switch (in.kind()) {
            case HELLO -> onHello(in, nowNs);
            case CHALLENGE -> onChallenge(fromPeer, in, nowNs);
            case ECHO -> onEcho(in, nowNs);
        };
    }

    private int onHello(HandshakeMessage in, long nowNs) {
        in.sender(peer);
        if (isReplayed(peer.shortId(), in, nowNs)) {
            return 0;
        }
        return challenger.challenge(peer, in.incarnation(), in.nonce(), nowNs) ? 1 : 0;
    }

    private int onChallenge(long from, HandshakeMessage in, long nowNs) {
        if (from == PeerTable.NULL_PEER) {
            counters.unsolicited++;
            return 0;
        }
        long shortId = table.shortIdOf(from);
        int request = pending.find(from);
        if (in.nonce() == 0) {
            counters.unsolicited++;
            // He may have lost his memory, or not be who sent this: asking him, now and then, does
            // no harm.
            int session = sessions.find(shortId);
            return session != Sessions.NONE
                            && nowNs - sessions.confirmedNs(session) >= SECOND_NS
                            && pending.add(from)
                    ? 1
                    : 0;
        }
        if (request == Pending.NONE || pending.nonce(request) != in.nonce()) {
            counters.unsolicited++;
            return 0;
        }
        if (isReplayed(shortId, in, nowNs)) {
            return 0;
        }
        // If the echo finds no room, another HELLO brings another challenge.
        if (!outbox.send(from, message.echo(in.cookie()))) {
            return 0;
        }
        table.describe(from, peer);
        confirm(peer, in, nowNs);
        pending.remove(request);
        return 1;
    }

    private int onEcho(HandshakeMessage in, long nowNs) {
        in.sender(peer);
        if (!cookies.holds(in.cookie(), peer, in.incarnation(), nowNs)) {
            counters.badCookies++;
            return 0;
        }
        if (isReplayed(peer.shortId(), in, nowNs)) {
            return 0;
        }
        confirm(peer, in, nowNs);
        return 1;
    }

    private boolean isReplayed(long sender, HandshakeMessage in, long nowNs) {
        boolean replayed =
                admit(sender, in.incarnation(), in.sequence(), nowNs) == Verdict.REPLAYED;
        if (replayed) {
            counters.replayed++;
        }
        return replayed;
    }

    private void confirm(PeerDescriptor who, HandshakeMessage in, long nowNs) {
        int before = sessions.find(who.shortId());
        boolean restart =
                before != Sessions.NONE && sessions.incarnation(before) != in.incarnation();
        boolean full = sessions.size() == config.sessions();
        if (!sessions.put(
                who, in.incarnation(), in.sequence(), table, Cookies.lifetimeNs(), nowNs)) {
            counters.refused++;
            return;
        }
        counters.confirmed++;
        counters.restarts += restart ? 1 : 0;
        counters.evicted += before == Sessions.NONE && full ? 1 : 0;
    }

    // ---- time

    @Override
    public int poll(long nowNs) {
        // Nearly always.
        if (pending.isEmpty()) {
            return 0;
        }
        int work = 0;
        for (int i = pending.capacity() - 1; i >= 0; i--) {
            if (pending.isUsed(i)) {
                work += pollPending(i, nowNs);
            }
        }
        return work;
    }

    private int pollPending(int request, long nowNs) {
        if (pending.isNew(request)) {
            pending.begin(request, nowNs);
        }
        if (nowNs - pending.beganNs(request) >= config.timeoutNs()) {
            giveUp(request);
            return 1;
        }
        boolean due =
                pending.isUnsent(request) || nowNs - pending.sentNs(request) >= config.retryNs();
        if (due && outbox.send(pending.peer(request), message.hello(pending.nonce(request)))) {
            pending.sent(request, nowNs);
            counters.hellos++;
            return 1;
        }
        return 0;
    }

    private void giveUp(int request) {
        long silent = pending.peer(request);
        if (pending.isUnsent(request)) {
            // The transport took nothing all this time: nobody knows whether he would answer.
            pending.remove(request);
            return;
        }
        counters.timeouts++;
        // The listener needs a live handle, and may come back to this object.
        table.retain(silent);
        pending.remove(request);
        try {
            unreachable.onPeer(silent);
        } finally {
            table.release(silent);
        }
    }

    @Override
    public long nextDeadlineNs(long nowNs) {
        long wait = FAR_NS;
        for (int i = 0; i < pending.capacity(); i++) {
            if (pending.isUsed(i)) {
                long next =
                        pending.isNew(i) || pending.isUnsent(i)
                                ? 0
                                : Math.min(
                                        pending.sentNs(i) + config.retryNs() - nowNs,
                                        pending.beganNs(i) + config.timeoutNs() - nowNs);
                wait = Math.min(wait, next);
            }
        }
        return nowNs + Math.max(wait, 0);
    }

    /// A peer that cannot be reached where he was may come back from somewhere else at once.
    @Override
    public void onConnectionFailed(long lost, long nowNs) {
        int request = pending.find(lost);
        if (request != Pending.NONE) {
            pending.remove(request);
        }
        int session = sessions.find(table.shortIdOf(lost));
        if (session != Sessions.NONE) {
            sessions.setHeardNs(session, nowNs - config.protectNs());
        }
    }

    /// Gives back every reference and the memory. Closing twice is allowed.
    @Override
    public void close() {
        pending.clear();
        sessions.close();
    }
}
