package ai.bytesandbrains.transport.aeron;

import static io.aeron.logbuffer.FrameDescriptor.BEGIN_FRAG_FLAG;
import static io.aeron.logbuffer.FrameDescriptor.END_FRAG_FLAG;
import static io.aeron.logbuffer.FrameDescriptor.UNFRAGMENTED;
import static io.aeron.protocol.DataHeaderFlyweight.HEADER_LENGTH;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.codecs.sbe.DropCounters;
import ai.bytesandbrains.codecs.sbe.DropReason;

import io.aeron.logbuffer.Header;
import io.aeron.protocol.DataHeaderFlyweight;

import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class BoundedAssemblerTest {

    private static final int MAX_LENGTH = 300;
    private static final int PLACES = 2;
    private static final int TERM_LENGTH = 1 << 16;
    private static final byte MIDDLE = 0;

    private final List<String> messages = new ArrayList<>();
    private final DropCounters drops = new DropCounters();
    private final BoundedAssembler assembler =
            new BoundedAssembler(
                    (buffer, offset, length, header) ->
                            messages.add(
                                    header.sessionId()
                                            + ":"
                                            + buffer.getStringWithoutLengthAscii(offset, length)),
                    drops,
                    MAX_LENGTH,
                    PLACES);

    private final Header header = new Header(0, Integer.numberOfTrailingZeros(TERM_LENGTH));
    private final DataHeaderFlyweight frame = new DataHeaderFlyweight();
    private final UnsafeBuffer term =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(TERM_LENGTH, 64));
    /// Where the next fragment of each session goes.
    private final int[] offsets = new int[16];

    private void fragment(int session, int flags, String text) {
        int offset = offsets[session];
        frame.wrap(term, offset, HEADER_LENGTH);
        frame.sessionId(session)
                .termId(0)
                .termOffset(offset)
                .flags((short) (flags & 0xff))
                .frameLength(HEADER_LENGTH + text.length());
        term.putStringWithoutLengthAscii(offset + HEADER_LENGTH, text);
        header.buffer(term);
        header.offset(offset);
        offsets[session] = offset + BitUtil.align(HEADER_LENGTH + text.length(), 32);
        assembler.onFragment(term, offset + HEADER_LENGTH, text.length(), header);
    }

    private void skip(int session) {
        offsets[session] += 64;
    }

    private long oversized() {
        assertThat(drops.total()).isEqualTo(drops.get(DropReason.OVERSIZED));
        return drops.total();
    }

    @Test
    void shouldPassMessagesOfOneFragmentThrough() {
        fragment(1, UNFRAGMENTED, "alone");

        assertThat(messages).containsExactly("1:alone");
    }

    @Test
    void shouldPutFragmentsTogether() {
        fragment(1, BEGIN_FRAG_FLAG, "one ");
        fragment(1, MIDDLE, "two ");
        fragment(1, END_FRAG_FLAG, "three");

        assertThat(messages).containsExactly("1:one two three");
        assertThat(oversized()).isZero();
    }

    @Test
    void shouldKeepInterleavedSessionsApart() {
        fragment(1, BEGIN_FRAG_FLAG, "a");
        fragment(2, BEGIN_FRAG_FLAG, "x");
        fragment(1, MIDDLE, "b");
        fragment(3, UNFRAGMENTED, "alone");
        fragment(2, END_FRAG_FLAG, "y");
        fragment(1, END_FRAG_FLAG, "c");

        assertThat(messages).containsExactly("3:alone", "2:xy", "1:abc");
        assertThat(oversized()).isZero();
    }

    @Test
    void shouldDropAMessageWhoseEndNeverCame() {
        fragment(1, BEGIN_FRAG_FLAG, "lost");
        fragment(1, BEGIN_FRAG_FLAG, "new ");
        fragment(1, END_FRAG_FLAG, "message");

        assertThat(messages).containsExactly("1:new message");
        assertThat(oversized()).isEqualTo(1);
    }

    @Test
    void shouldDropAMessageThatLacksAFragment() {
        fragment(1, BEGIN_FRAG_FLAG, "first half of one");
        skip(1);
        fragment(1, END_FRAG_FLAG, "second half of another");

        assertThat(messages).isEmpty();
        assertThat(oversized()).isEqualTo(1);
    }

    @Test
    void shouldIgnoreTheRestOfAMessageWhoseBeginningItNeverSaw() {
        fragment(1, MIDDLE, "middle");
        fragment(1, END_FRAG_FLAG, "end");
        fragment(1, UNFRAGMENTED, "alone");

        assertThat(messages).containsExactly("1:alone");
    }

    @Test
    void shouldTakeAMessageOfExactlyTheLimit() {
        fragment(1, BEGIN_FRAG_FLAG, "x".repeat(200));
        fragment(1, END_FRAG_FLAG, "x".repeat(100));

        assertThat(messages).containsExactly("1:" + "x".repeat(300));
    }

    @Test
    void shouldDropAndCountAMessageThatIsTooLongOnce() {
        fragment(1, BEGIN_FRAG_FLAG, "x".repeat(200));
        fragment(1, MIDDLE, "x".repeat(101));
        fragment(1, MIDDLE, "x");
        fragment(1, END_FRAG_FLAG, "x");
        fragment(1, BEGIN_FRAG_FLAG, "a");
        fragment(1, END_FRAG_FLAG, "b");

        assertThat(messages).containsExactly("1:ab");
        assertThat(oversized()).isEqualTo(1);
    }

    @Test
    void shouldDropAFirstFragmentThatIsTooLongAlready() {
        fragment(1, BEGIN_FRAG_FLAG, "x".repeat(301));
        fragment(1, END_FRAG_FLAG, "x");

        assertThat(messages).isEmpty();
        assertThat(oversized()).isEqualTo(1);
    }

    @Test
    void shouldPutAMessageThatBeginsWithNothingTogether() {
        fragment(1, BEGIN_FRAG_FLAG, "");
        fragment(1, END_FRAG_FLAG, "something");

        assertThat(messages).containsExactly("1:something");
    }

    @Test
    void shouldGiveAPlaceToWhoeverBeginsWhenAllAreTaken() {
        fragment(1, BEGIN_FRAG_FLAG, "died");
        fragment(2, BEGIN_FRAG_FLAG, "slow ");
        fragment(3, BEGIN_FRAG_FLAG, "new ");
        fragment(3, END_FRAG_FLAG, "one");
        fragment(2, END_FRAG_FLAG, "one");
        fragment(1, END_FRAG_FLAG, "late");

        assertThat(messages).containsExactly("3:new one", "2:slow one");
        assertThat(oversized()).isEqualTo(1);
    }

    @Test
    void shouldAllocateNothing() {
        int[] count = {0};
        BoundedAssembler counting =
                new BoundedAssembler(
                        (buffer, offset, length, end) -> count[0] += length, drops, 300, 2);
        fragment(1, BEGIN_FRAG_FLAG, "abc");
        fragment(1, END_FRAG_FLAG, "def");
        header.buffer(term);

        Allocation.assertNone(
                () -> {
                    header.offset(0);
                    counting.onFragment(term, HEADER_LENGTH, 3, header);
                    header.offset(64);
                    counting.onFragment(term, 64 + HEADER_LENGTH, 3, header);
                });
        assertThat(count[0]).isPositive();
    }
}
