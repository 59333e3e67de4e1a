package ai.bytesandbrains.engine.session;

import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

/// Answers strangers, as often as the budget allows, and decides where to: a peer that was heard
/// from a moment ago is challenged where it was, whatever the stranger in its name claims.
final class Challenger {

    private static final long SECOND_NS = 1_000_000_000L;

    private final SessionConfig config;
    private final PeerTable table;
    private final boolean provenAddresses;
    private final Sessions sessions;
    private final Cookies cookies;
    private final SessionCounters counters;
    private final OutgoingHandshake message;
    private final Outbox<HandshakeMessage> outbox;
    private final ProbeOutbox probes;
    private final PeerDescriptor where = new PeerDescriptor();
    private final PeerDescriptor inTable = new PeerDescriptor();
    private long sinceNs;
    private int left;

    Challenger(
            SessionConfig config,
            PeerTable table,
            boolean provenAddresses,
            Sessions sessions,
            Cookies cookies,
            SessionCounters counters,
            OutgoingHandshake message,
            Outbox<HandshakeMessage> outbox,
            ProbeOutbox probes) {
        this.config = config;
        this.table = table;
        this.provenAddresses = provenAddresses;
        this.sessions = sessions;
        this.cookies = cookies;
        this.counters = counters;
        this.message = message;
        this.outbox = outbox;
        this.probes = probes;
    }

    /// Sends a challenge to where the peer is known to be, or else to where he says he is.
    ///
    /// @param nonce that of his HELLO, zero if there was none
    /// @return whether it was sent
    boolean challenge(PeerDescriptor claimed, long incarnation, long nonce, long nowNs) {
        boolean sent = takeFromBudget(nowNs) && send(claimed, incarnation, nonce, nowNs);
        if (sent) {
            counters.challenges++;
        } else {
            counters.challengesRefused++;
        }
        return sent;
    }

    private boolean send(PeerDescriptor claimed, long incarnation, long nonce, long nowNs) {
        message.challenge(nonce, cookies.of(claimed, incarnation, nowNs));
        long known = table.find(claimed.shortId());
        if (known != PeerTable.NULL_PEER && provenAddresses) {
            return outbox.send(known, message);
        }
        where.set(claimed);
        int session = sessions.find(claimed.shortId());
        if (session != Sessions.NONE && nowNs - sessions.heardNs(session) < config.protectNs()) {
            sessions.address(session, where);
        }
        return isInTable(known, where) ? outbox.send(known, message) : probes.send(where, message);
    }

    private boolean takeFromBudget(long nowNs) {
        if (sinceNs == 0 || nowNs - sinceNs >= SECOND_NS) {
            sinceNs = nowNs;
            left = config.challengesPerSecond();
        }
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }

    private boolean isInTable(long known, PeerDescriptor at) {
        if (known == PeerTable.NULL_PEER) {
            return false;
        }
        table.describe(known, inTable);
        return inTable.isAt(at);
    }
}
