package ai.bytesandbrains.engine.session;

/// What a [Handshake] has done. Written by the node's thread; other threads may see slightly old
/// numbers.
public final class SessionCounters {

    long hellos;
    long challenges;
    long challengesRefused;
    long confirmed;
    long restarts;
    long replayed;
    long unsolicited;
    long badCookies;
    long timeouts;
    long evicted;
    long refused;

    SessionCounters() {}

    /// {@return HELLOs sent, repetitions included}
    public long hellos() {
        return hellos;
    }

    /// {@return strangers that were asked to echo a nonce}
    public long challenges() {
        return challenges;
    }

    /// {@return strangers that got no answer, because of the budget or of the transport}
    public long challengesRefused() {
        return challengesRefused;
    }

    /// {@return sessions begun}
    public long confirmed() {
        return confirmed;
    }

    /// {@return of these, new incarnations of peers that had one}
    public long restarts() {
        return restarts;
    }

    /// {@return handshake messages seen before}
    public long replayed() {
        return replayed;
    }

    /// {@return challenges that nobody had asked for}
    public long unsolicited() {
        return unsolicited;
    }

    /// {@return echoes of what was never sent to this address, or too long ago}
    public long badCookies() {
        return badCookies;
    }

    /// {@return peers that answered no HELLO}
    public long timeouts() {
        return timeouts;
    }

    /// {@return sessions that made room for others}
    public long evicted() {
        return evicted;
    }

    /// {@return sessions refused because all places hold peers that were just heard from}
    public long refused() {
        return refused;
    }
}
