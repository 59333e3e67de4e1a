package ai.bytesandbrains.transport.aeron;

import static io.aeron.logbuffer.FrameDescriptor.BEGIN_FRAG_FLAG;
import static io.aeron.logbuffer.FrameDescriptor.END_FRAG_FLAG;
import static io.aeron.logbuffer.FrameDescriptor.FRAME_ALIGNMENT;
import static io.aeron.logbuffer.FrameDescriptor.UNFRAGMENTED;
import static io.aeron.protocol.DataHeaderFlyweight.HEADER_LENGTH;

import ai.bytesandbrains.codecs.sbe.DropCounters;
import ai.bytesandbrains.codecs.sbe.DropReason;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;

import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;

/// Puts messages of several fragments together, in a fixed number of places of fixed size: what a
/// stranger sends cannot make it grow. A message that is too long, that lacks a fragment, or whose
/// place somebody else needed is dropped and counted once; messages of one fragment pass straight
/// through.
///
/// Places are found by session, and a fragment must begin where the last one of its message ended.
/// A session that dies in the middle of a message leaves its place to whoever needs one next; one
/// that was lost and found again never glues the halves of two messages together. The buffer of a
/// place is allocated when it is needed for the first time.
final class BoundedAssembler implements FragmentHandler {

    private static final int FREE = -1;

    private final FragmentHandler delegate;
    private final DropCounters drops;
    private final int maxLength;
    private final UnsafeBuffer[] buffers;
    private final int[] sessions;
    /// Bytes in each place so far, or FREE.
    private final int[] lengths;
    /// Position in its stream where the next fragment of each place has to begin.
    private final long[] nextPositions;
    private int nextVictim;

    BoundedAssembler(FragmentHandler delegate, DropCounters drops, int maxLength, int places) {
        this.delegate = delegate;
        this.drops = drops;
        this.maxLength = maxLength;
        buffers = new UnsafeBuffer[places];
        sessions = new int[places];
        lengths = new int[places];
        nextPositions = new long[places];
        Arrays.fill(lengths, FREE);
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
        if (place == FREE) {
            return;
        }
        long end = header.position();
        long begin = end - BitUtil.align(length + HEADER_LENGTH, FRAME_ALIGNMENT);
        int assembled = lengths[place] + length;
        if (assembled > maxLength || (!begins && begin != nextPositions[place])) {
            drops.increment(DropReason.OVERSIZED);
            lengths[place] = FREE;
            return;
        }
        bufferOf(place).putBytes(lengths[place], buffer, offset, length);
        lengths[place] = assembled;
        nextPositions[place] = end;
        if ((flags & END_FRAG_FLAG) != 0) {
            lengths[place] = FREE;
            delegate.onFragment(buffers[place], 0, assembled, header);
        }
    }

    /// The place with the beginning of this session's message; none if that was dropped.
    private int findPlace(int session) {
        for (int i = 0; i < lengths.length; i++) {
            if (lengths[i] != FREE && sessions[i] == session) {
                return i;
            }
        }
        return FREE;
    }

    private int takePlace(int session) {
        int place = findPlace(session);
        if (place != FREE) {
            // The end of the session's last message never came.
            drops.increment(DropReason.OVERSIZED);
        }
        for (int i = 0; i < lengths.length && place == FREE; i++) {
            place = lengths[i] == FREE ? i : FREE;
        }
        if (place == FREE) {
            drops.increment(DropReason.OVERSIZED);
            place = nextVictim;
            nextVictim = (nextVictim + 1) % lengths.length;
        }
        sessions[place] = session;
        lengths[place] = 0;
        return place;
    }

    private UnsafeBuffer bufferOf(int place) {
        if (buffers[place] == null) {
            buffers[place] = new UnsafeBuffer(BufferUtil.allocateDirectAligned(maxLength, 64));
        }
        return buffers[place];
    }
}
