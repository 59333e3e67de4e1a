package ai.bytesandbrains.transport.aeron;

import static io.aeron.logbuffer.FrameDescriptor.BEGIN_FRAG_FLAG;
import static io.aeron.logbuffer.FrameDescriptor.END_FRAG_FLAG;
import static io.aeron.logbuffer.FrameDescriptor.UNFRAGMENTED;

import ai.bytesandbrains.codecs.sbe.DropCounters;
import ai.bytesandbrains.codecs.sbe.DropReason;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/// Puts messages of several fragments together, in a fixed number of fixed-size places: what a
/// stranger sends cannot make it grow. A message that is too long, or finds no place, is dropped
/// and counted once; messages of one fragment pass straight through.
///
/// Places are found by session. A session that dies in the middle of a message leaves its place to
/// whoever needs one next.
final class BoundedAssembler implements FragmentHandler {

    private final FragmentHandler delegate;
    private final DropCounters drops;
    private final int maxLength;
    private final UnsafeBuffer[] buffers;
    private final int[] sessions;
    private final int[] lengths;
    private int nextVictim;

    BoundedAssembler(FragmentHandler delegate, DropCounters drops, int maxLength, int places) {
        this.delegate = delegate;
        this.drops = drops;
        this.maxLength = maxLength;
        buffers = new UnsafeBuffer[places];
        sessions = new int[places];
        lengths = new int[places];
        for (int i = 0; i < places; i++) {
            buffers[i] = new UnsafeBuffer(BufferUtil.allocateDirectAligned(maxLength, 64));
        }
    }

    @Override
    public void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
        int flags = header.flags() & UNFRAGMENTED;
        if (flags == UNFRAGMENTED) {
            delegate.onFragment(buffer, offset, length, header);
            return;
        }
        boolean begins = (flags & BEGIN_FRAG_FLAG) != 0;
        int place = begins ? takePlace(header.sessionId()) : findPlace(header.sessionId());
        if (place < 0) {
            return;
        }
        int assembled = lengths[place] + length;
        if (assembled > maxLength) {
            drops.increment(DropReason.OVERSIZED);
            lengths[place] = 0;
            return;
        }
        buffers[place].putBytes(lengths[place], buffer, offset, length);
        lengths[place] = assembled;
        if ((flags & END_FRAG_FLAG) != 0) {
            lengths[place] = 0;
            delegate.onFragment(buffers[place], 0, assembled, header);
        }
    }

    /// The place with the beginning of this session's message; none if that was dropped.
    private int findPlace(int session) {
        for (int i = 0; i < buffers.length; i++) {
            if (lengths[i] > 0 && sessions[i] == session) {
                return i;
            }
        }
        return -1;
    }

    private int takePlace(int session) {
        int place = findPlace(session);
        if (place >= 0) {
            // The end of the session's last message never came.
            drops.increment(DropReason.OVERSIZED);
        }
        for (int i = 0; i < buffers.length && place < 0; i++) {
            place = lengths[i] == 0 ? i : -1;
        }
        if (place < 0) {
            drops.increment(DropReason.OVERSIZED);
            place = nextVictim;
            nextVictim = (nextVictim + 1) % buffers.length;
        }
        sessions[place] = session;
        lengths[place] = 0;
        return place;
    }
}
