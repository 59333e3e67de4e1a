package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.overlay.PeerTable;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/// The connection to one peer: its publication, and the few frames that wait until it is made. A
/// reusable place of [Links]'.
///
/// ```
///   unused --open--> opening (driver makes the publication) --> connecting (nobody reads) -->
///   connected
///      ^                                                            ^                            |
///      +---- close: idle, failed, or its place is needed            +---- reader went away ------+
/// ```
final class Link {

    /// Room for a query and an exchange, or for a burst of small answers.
    private static final int WAITING_BYTES = 8 * 1024;

    private final UnsafeBuffer waiting =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(WAITING_BYTES, 64));
    private long peer = PeerTable.NULL_PEER;
    private Aeron aeron;
    private long registrationId;
    private ExclusivePublication publication;
    private int waitingBytes;
    private int waitingFrames;
    private long notConnectedSinceNs;
    private long lastUsedNs;
    private boolean connected;
    private boolean spent;

    void open(Aeron client, long peer, String channel, int stream, long nowNs) {
        // This one first: if the driver takes no command, the place stays unused.
        registrationId = client.asyncAddExclusivePublication(channel, stream);
        aeron = client;
        this.peer = peer;
        startTime(nowNs);
    }

    /// Lets the time begin that it has been unused and not connected.
    void startTime(long nowNs) {
        notConnectedSinceNs = nowNs;
        lastUsedNs = nowNs;
    }

    /// Closes without a trace; the frames that waited are lost.
    int close() {
        if (publication != null) {
            publication.close();
        } else if (isUsed() && !aeron.isClosed()) {
            aeron.asyncRemovePublication(registrationId);
        }
        int lost = waitingFrames;
        publication = null;
        peer = PeerTable.NULL_PEER;
        waitingBytes = 0;
        waitingFrames = 0;
        connected = false;
        spent = false;
        return lost;
    }

    /// Looks at the driver's side of things; true while frames can flow.
    boolean checkConnected(long nowNs) {
        if (publication == null) {
            publication = aeron.getExclusivePublication(registrationId);
        }
        boolean now = publication != null && publication.isConnected();
        if (connected && !now) {
            notConnectedSinceNs = nowNs;
        }
        connected = now;
        return now;
    }

    /// The publication of a connected link.
    ExclusivePublication publication() {
        return publication;
    }

    boolean isUsed() {
        return peer != PeerTable.NULL_PEER;
    }

    boolean isConnected() {
        return connected;
    }

    /// The publication can never take a frame again and has to be made anew.
    boolean isSpent() {
        return spent;
    }

    /// Hears why the publication did not take a frame. Its position never reaches the last one that
    /// is possible, so what a refusal says is the only sign that a stream has come to its end.
    SendResult refused(long status) {
        boolean over = status == Publication.MAX_POSITION_EXCEEDED || status == Publication.CLOSED;
        spent |= over;
        return over || status == Publication.NOT_CONNECTED
                ? SendResult.NOT_CONNECTED
                : SendResult.BACK_PRESSURE;
    }

    long peer() {
        return peer;
    }

    long lastUsedNs() {
        return lastUsedNs;
    }

    void used(long nowNs) {
        lastUsedNs = nowNs;
    }

    long notConnectedForNs(long nowNs) {
        return connected ? 0 : nowNs - notConnectedSinceNs;
    }

    boolean hasWaiting() {
        return waitingFrames > 0;
    }

    /// The place for a frame that has to wait, or -1 if it does not fit.
    int waitingPlaceFor(int length) {
        return length <= WAITING_BYTES - waitingBytes - Integer.BYTES
                ? waitingBytes + Integer.BYTES
                : -1;
    }

    UnsafeBuffer waitingBuffer() {
        return waiting;
    }

    void addWaiting(int length) {
        waiting.putInt(waitingBytes, length);
        waitingBytes += Integer.BYTES + length;
        waitingFrames++;
    }

    /// Sends the frames that waited, in their order, as far as the publication takes them.
    ///
    /// @return how many it took
    int flush(TransportCounters counters) {
        int at = 0;
        int sent = 0;
        while (at < waitingBytes) {
            int length = waiting.getInt(at);
            long position = publication.offer(waiting, at + Integer.BYTES, length);
            if (position <= 0) {
                refused(position);
                break;
            }
            counters.increment(TransportCounters.Counter.FRAMES_SENT);
            counters.add(TransportCounters.Counter.BYTES_SENT, length);
            at += Integer.BYTES + length;
            sent++;
        }
        waitingBytes -= at;
        waitingFrames -= sent;
        if (at > 0 && waitingBytes > 0) {
            waiting.putBytes(0, waiting, at, waitingBytes);
        }
        return sent;
    }
}
