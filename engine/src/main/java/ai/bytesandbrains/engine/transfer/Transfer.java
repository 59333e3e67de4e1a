package ai.bytesandbrains.engine.transfer;

import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Protocol;
import ai.bytesandbrains.engine.transfer.TransferListener.Outcome;

import java.lang.foreign.MemorySegment;

/// Moves blobs in chunks, both sides of it.
///
/// Whoever fetches asks for a window of 32 chunks, asks again for those that do not come, and goes
/// on to the next window when all are there; the content's hash decides at the end. Chunks that
/// nobody asked for, come twice or late change nothing. A fetch whose peer is silent or has nothing
/// keeps what it has and can be resumed, with any peer.
///
/// Whoever serves remembers one window for each peer, in a fixed number of places, and sends a few
/// chunks in each poll; what the outbox refuses waits. A FETCH that finds no place is dropped: it
/// comes again.
///
/// Memory is that of the caller (content and destination) and 32 KiB for each fetch.
/// Single-threaded; steady state allocates nothing.
public final class Transfer implements Protocol<TransferMessage>, AutoCloseable {

    /// The number of this protocol in frames.
    public static final int PROTOCOL_ID = 4;

    /// What [#fetch] returns when as many fetches as allowed are on their way.
    public static final int NO_FETCH = -1;

    private static final long FAR_NS = 1L << 60;

    private final TransferConfig config;
    private final PeerTable table;
    private final BlobSource source;
    private final TransferListener listener;
    private final Outbox<TransferMessage> outbox;
    private final Outgoing message = new Outgoing();
    private final Fetch[] fetches;
    private final Serving[] servings;
    private int nextServing;

    /// Makes the protocol of one node.
    ///
    /// @param config its bounds
    /// @param table the peers; stays the caller's. A reference for each fetch and serving at most
    /// @param source what the node has to give
    /// @param listener hears of offers and ends
    /// @param outbox the way out
    public Transfer(
            TransferConfig config,
            PeerTable table,
            BlobSource source,
            TransferListener listener,
            Outbox<TransferMessage> outbox) {
        this.config = config;
        this.table = table;
        this.source = source;
        this.listener = listener;
        this.outbox = outbox;
        fetches = new Fetch[config.fetches()];
        for (int i = 0; i < fetches.length; i++) {
            fetches[i] = new Fetch();
        }
        servings = new Serving[config.servings()];
        for (int i = 0; i < servings.length; i++) {
            servings[i] = new Serving();
        }
    }

    @Override
    public int protocolId() {
        return PROTOCOL_ID;
    }

    /// Tells a peer of a blob.
    ///
    /// @param peer a live handle
    /// @param blob its name
    /// @return false if the outbox refuses
    public boolean offer(long peer, Blob blob) {
        return outbox.send(peer, message.of(TransferKind.OFFER, blob));
    }

    /// Begins to fetch a blob; the first message leaves with the next [#poll].
    ///
    /// @param peer a live handle of somebody who has it
    /// @param blob its name
    /// @param into takes the content; as long as that, and the caller's. Its content means nothing
    ///     before the fetch is complete
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @return what the listener knows the fetch by, or [#NO_FETCH] if there is no place
    /// @throws IllegalArgumentException if the blob is longer than allowed or the destination has
    ///     another length
    public int fetch(long peer, Blob blob, MemorySegment into, long nowNs) {
        if (blob.length() > config.maxBlobBytes() || into.byteSize() != blob.length()) {
            throw new IllegalArgumentException(
                    "blob.length=%d into.byteSize=%d: expected the same, up to maxBlobBytes=%d"
                            .formatted(blob.length(), into.byteSize(), config.maxBlobBytes()));
        }
        for (int i = 0; i < fetches.length; i++) {
            if (!fetches[i].isUsed()) {
                fetches[i].begin(blob, into);
                ask(fetches[i], peer, nowNs);
                return i;
            }
        }
        return NO_FETCH;
    }

    /// Goes on with a fetch that has ended as GONE or SILENT, with the chunks that are missing.
    ///
    /// @param fetch what [#fetch] returned
    /// @param peer a live handle of somebody who has the blob
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @throws IllegalStateException if there is no such fetch, or it is not waiting
    public void resume(int fetch, long peer, long nowNs) {
        Fetch waiting = used(fetch);
        if (waiting.peer != PeerTable.NULL_PEER) {
            throw new IllegalStateException("fetch=" + fetch + ": is not waiting for a peer");
        }
        ask(waiting, peer, nowNs);
    }

    /// Gives a fetch up, whatever its state; the listener hears nothing.
    ///
    /// @param fetch what [#fetch] returned
    /// @throws IllegalStateException if there is no such fetch
    public void cancel(int fetch) {
        Fetch cancelled = used(fetch);
        letGo(cancelled);
        cancelled.free();
    }

    /// {@return how many bytes of a fetch have come, without those of the window that is open}
    ///
    /// @param fetch what [#fetch] returned
    /// @throws IllegalStateException if there is no such fetch
    public int fetchedBytes(int fetch) {
        return used(fetch).first * Blob.CHUNK_BYTES;
    }

    private Fetch used(int fetch) {
        if (fetch < 0 || fetch >= fetches.length || !fetches[fetch].isUsed()) {
            throw new IllegalStateException("fetch=" + fetch + ": no such fetch");
        }
        return fetches[fetch];
    }

    private void ask(Fetch fetch, long peer, long nowNs) {
        table.retain(peer);
        fetch.peer = peer;
        fetch.unsent = true;
        fetch.heardNs = nowNs;
    }

    private void letGo(Fetch fetch) {
        if (fetch.peer != PeerTable.NULL_PEER) {
            table.release(fetch.peer);
            fetch.peer = PeerTable.NULL_PEER;
        }
    }

    // ---- messages

    @Override
    public int onMessage(long fromPeer, TransferMessage in, long nowNs) {
        if (fromPeer == PeerTable.NULL_PEER || in.length() < 1) {
            return 0;
        }
        return switch (in.kind()) {
            case OFFER -> {
                listener.onOffer(fromPeer, in);
                yield 1;
            }
            case FETCH -> onFetch(fromPeer, in);
            case CHUNK -> onChunk(fromPeer, in, nowNs);
            case GONE -> onGone(fromPeer, in);
        };
    }

    private int onFetch(long from, TransferMessage in) {
        if (in.chunk() < 0 || in.chunk() >= Blob.chunksOf(in.length())) {
            return 0;
        }
        MemorySegment content = source.find(in);
        if (content == null || content.byteSize() != in.length()) {
            return outbox.send(from, message.of(TransferKind.GONE, in)) ? 1 : 0;
        }
        Serving place = null;
        for (Serving serving : servings) {
            if (serving.peer == from) {
                // Whoever asks again has no use for the rest of the last window.
                table.release(from);
                serving.peer = PeerTable.NULL_PEER;
            }
            place = place == null && !serving.isUsed() ? serving : place;
        }
        if (place == null) {
            return 0;
        }
        table.retain(from);
        place.begin(from, in);
        return 1;
    }

    private int onChunk(long from, TransferMessage in, long nowNs) {
        int found = find(from, in);
        if (found == NO_FETCH || !fetches[found].take(in)) {
            return 0;
        }
        Fetch fetch = fetches[found];
        fetch.heardNs = nowNs;
        fetch.askedNs = nowNs;
        if (fetch.missing == 0) {
            if (fetch.advance()) {
                fetch.unsent = true;
                trySend(fetch, nowNs);
            } else {
                letGo(fetch);
                boolean sound = fetch.isSound();
                fetch.free();
                listener.onFetchEnded(found, sound ? Outcome.COMPLETE : Outcome.CORRUPT);
            }
        }
        return 1;
    }

    private int onGone(long from, TransferMessage in) {
        int found = find(from, in);
        if (found == NO_FETCH) {
            return 0;
        }
        letGo(fetches[found]);
        listener.onFetchEnded(found, Outcome.GONE);
        return 1;
    }

    private int find(long from, TransferMessage in) {
        for (int i = 0; i < fetches.length; i++) {
            if (fetches[i].isUsed() && fetches[i].peer == from && fetches[i].blob.isNamedBy(in)) {
                return i;
            }
        }
        return NO_FETCH;
    }

    // ---- time

    @Override
    public int poll(long nowNs) {
        int work = 0;
        for (int i = 0; i < fetches.length; i++) {
            if (fetches[i].isUsed() && fetches[i].peer != PeerTable.NULL_PEER) {
                work += pollFetch(i, nowNs);
            }
        }
        return work + serve();
    }

    private int pollFetch(int index, long nowNs) {
        Fetch fetch = fetches[index];
        if (nowNs - fetch.heardNs >= config.timeoutNs()) {
            letGo(fetch);
            listener.onFetchEnded(index, Outcome.SILENT);
            return 1;
        }
        fetch.unsent |= nowNs - fetch.askedNs >= config.retryNs();
        return fetch.unsent && trySend(fetch, nowNs) ? 1 : 0;
    }

    private boolean trySend(Fetch fetch, long nowNs) {
        message.of(TransferKind.FETCH, fetch.blob).window(fetch.first, fetch.missing);
        if (!outbox.send(fetch.peer, message)) {
            return false;
        }
        fetch.unsent = false;
        fetch.askedNs = nowNs;
        return true;
    }

    /// Sends a few chunks, to one peer after the other: a slow one takes no turn from the others.
    private int serve() {
        int sent = 0;
        for (int i = 0; i < servings.length && sent < config.chunksPerPoll(); i++) {
            nextServing = (nextServing + 1) % servings.length;
            Serving serving = servings[nextServing];
            if (serving.isUsed()) {
                sent += serve(serving, config.chunksPerPoll() - sent);
            }
        }
        return sent;
    }

    private int serve(Serving serving, int most) {
        MemorySegment content = source.find(serving.name);
        int sent = 0;
        // Content that has gone since ends the window; the next FETCH hears of it.
        while (content != null && serving.remaining != 0 && sent < most) {
            int place = Integer.numberOfTrailingZeros(serving.remaining);
            message.of(TransferKind.CHUNK, serving.name).chunk(serving.first + place, content);
            if (!outbox.send(serving.peer, message)) {
                return sent;
            }
            serving.remaining &= ~(1 << place);
            sent++;
        }
        if (content == null || serving.remaining == 0) {
            table.release(serving.peer);
            serving.peer = PeerTable.NULL_PEER;
        }
        return sent;
    }

    @Override
    public long nextDeadlineNs(long nowNs) {
        long wait = FAR_NS;
        for (Fetch fetch : fetches) {
            if (fetch.isUsed() && fetch.peer != PeerTable.NULL_PEER) {
                long retry = fetch.unsent ? 0 : fetch.askedNs + config.retryNs() - nowNs;
                wait = Math.min(wait, retry);
                wait = Math.min(wait, fetch.heardNs + config.timeoutNs() - nowNs);
            }
        }
        for (Serving serving : servings) {
            wait = serving.isUsed() ? 0 : wait;
        }
        return nowNs + Math.max(wait, 0);
    }

    @Override
    public void onConnectionFailed(long peer, long nowNs) {
        for (Serving serving : servings) {
            if (serving.peer == peer) {
                table.release(peer);
                serving.peer = PeerTable.NULL_PEER;
            }
        }
        for (int i = 0; i < fetches.length; i++) {
            if (fetches[i].isUsed() && fetches[i].peer == peer) {
                letGo(fetches[i]);
                listener.onFetchEnded(i, Outcome.SILENT);
            }
        }
    }

    /// Gives every reference back; fetches end without a word.
    @Override
    public void close() {
        for (Fetch fetch : fetches) {
            letGo(fetch);
            fetch.free();
        }
        for (Serving serving : servings) {
            if (serving.isUsed()) {
                table.release(serving.peer);
                serving.peer = PeerTable.NULL_PEER;
            }
        }
    }
}
