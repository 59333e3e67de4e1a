package ai.bytesandbrains.bench.latency;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/// Bytes over Aeron, with nothing of the product: the ping offers a buffer, the pong claims as much
/// and copies into it, as Aeron's own ping-pong samples do. The yardstick.
///
/// The samples look at the first bytes that come back and leave the rest alone. An asker that reads
/// all of them waits for what lies behind the first line of its cache to come from the other core,
/// however it reads: what that takes is the least that an echo can take whose answer is read.
final class RawPingPong implements RoundTrip {

    private static final int FRAGMENTS = 10;
    private static final int MAX_LENGTH = 1024;

    private final String name;
    private final int pingLength;
    private final int pongLength;
    private final boolean readsAll;
    private final Aeron aeron;
    private final Subscription pings;
    private final Subscription pongs;
    private final ExclusivePublication ping;
    private final ExclusivePublication pong;
    private final UnsafeBuffer message =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(MAX_LENGTH, 64));
    private final UnsafeBuffer answer =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(MAX_LENGTH, 64));
    private final UnsafeBuffer seen =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(MAX_LENGTH, 64));
    private final OwnLine sent = new OwnLine();
    private final OwnLine returned = new OwnLine();
    private final BufferClaim claim = new BufferClaim();
    private final FragmentHandler onPing = this::onPing;
    private final FragmentHandler onPong = this::onPong;

    /// Opens both sides.
    ///
    /// @param channels where they listen
    /// @param pingLength bytes there
    /// @param pongLength bytes back
    /// @param readsAll whether the asker copies out all that comes back
    RawPingPong(
            final String name,
            final Channels channels,
            final int pingLength,
            final int pongLength,
            final boolean readsAll) {
        this.name = name;
        this.pingLength = pingLength;
        this.pongLength = pongLength;
        this.readsAll = readsAll;
        aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .aeronDirectoryName(channels.aeronDirectory())
                                .useConductorAgentInvoker(true)
                                .driverAgentInvoker(channels.driver()));
        OwnLine.apart();
        try {
            pings = aeron.addSubscription(channels.listening(), channels.nextStream());
            pongs = aeron.addSubscription(channels.listening(), channels.nextStream());
            ping = aeron.addExclusivePublication(channels.to(pings), pings.streamId());
            pong = aeron.addExclusivePublication(channels.to(pongs), pongs.streamId());
        } catch (final RuntimeException e) {
            aeron.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean start() {
        final long number = sent.get() + 1;
        sent.set(number);
        message.putLong(0, number);
        return ping.offer(message, 0, pingLength) > 0;
    }

    @Override
    public boolean poll() {
        pongs.poll(onPong, FRAGMENTS);
        return returned.get() == sent.get();
    }

    @Override
    public int respond() {
        return pings.poll(onPing, FRAGMENTS);
    }

    @Override
    public void rest() {
        aeron.conductorAgentInvoker().invoke();
    }

    @Override
    public void close() {
        aeron.close();
    }

    private void onPing(
            final DirectBuffer buffer, final int offset, final int length, final Header header) {
        long position;
        do {
            position = pong.tryClaim(pongLength, claim);
        } while (position == Publication.ADMIN_ACTION || position == Publication.BACK_PRESSURED);
        if (position > 0) {
            if (pongLength == length) {
                claim.buffer().putBytes(claim.offset(), buffer, offset, length);
            } else {
                answer.putLong(0, buffer.getLong(offset));
                claim.buffer().putBytes(claim.offset(), answer, 0, pongLength);
            }
            claim.commit();
        }
    }

    private void onPong(
            final DirectBuffer buffer, final int offset, final int length, final Header header) {
        if (readsAll) {
            seen.putBytes(0, buffer, offset, length);
        }
        returned.set(buffer.getLong(offset));
    }
}
