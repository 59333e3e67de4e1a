package ai.bytesandbrains.transport.aeron;

import static org.agrona.concurrent.status.CountersReader.KEY_OFFSET;
import static org.agrona.concurrent.status.CountersReader.RECORD_ALLOCATED;
import static org.agrona.concurrent.status.CountersReader.RECORD_UNUSED;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import io.aeron.Aeron;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;

import java.nio.charset.StandardCharsets;

/// Who else is on the same media driver. A node on the network that also listens in shared memory
/// has a counter in the driver's file whose key says so:
///
/// ```
///   0        8        16     20       24           28
///   +--------+--------+------+--------+------------+
///   | ipHigh | ipLow  | port | stream | IPC stream |
///   +--------+--------+------+--------+------------+
/// ```
///
/// The driver removes it with the client that made it. Like all that concerns shared memory this
/// trusts every process that may open the driver's directory.
final class Colocated {

    /// No node of this driver listens there.
    static final int NONE = 0;

    /// Beside that of [NodeGauges].
    static final int COUNTER_TYPE = 25_186;

    private static final int IP_LOW = 8;
    private static final int PORT = 16;
    private static final int STREAM = 20;
    private static final int IPC_STREAM = 24;
    private static final int KEY_LENGTH = 28;

    /// Streams from here on are given by the driver's own count, those below are users' choice.
    private static final int FIRST_STREAM = 1 << 30;

    private final CountersReader counters;

    Colocated(CountersReader counters) {
        this.counters = counters;
    }

    /// A stream that nobody else on the driver has.
    static int stream(long correlationId) {
        return FIRST_STREAM | (int) (correlationId & (FIRST_STREAM - 1));
    }

    /// Lets others on the driver know. Nobody waits for the counter: a driver that has no room for
    /// it costs the short way, nothing else.
    static void announce(Aeron aeron, Address address, int ipcStream) {
        UnsafeBuffer key = new UnsafeBuffer(new byte[KEY_LENGTH]);
        key.putLong(0, address.ipHigh());
        key.putLong(IP_LOW, address.ipLow());
        key.putInt(PORT, address.port());
        key.putInt(STREAM, address.stream());
        key.putInt(IPC_STREAM, ipcStream);
        byte[] text = (address + " also at ipc/" + ipcStream).getBytes(StandardCharsets.US_ASCII);
        aeron.asyncAddCounter(
                COUNTER_TYPE, key, 0, KEY_LENGTH, new UnsafeBuffer(text), 0, text.length);
    }

    /// The IPC stream of the node at an address, the last one that came there, or [#NONE].
    int streamOf(PeerDescriptor to) {
        DirectBuffer records = counters.metaDataBuffer();
        long newest = Long.MIN_VALUE;
        int found = NONE;
        for (int id = 0; id <= counters.maxCounterId(); id++) {
            int state = counters.getCounterState(id);
            if (state == RECORD_UNUSED) {
                break;
            }
            boolean candidate =
                    state == RECORD_ALLOCATED && counters.getCounterTypeId(id) == COUNTER_TYPE;
            int key = CountersReader.metaDataOffset(id) + KEY_OFFSET;
            long registered = counters.getCounterRegistrationId(id);
            if (candidate && registered > newest && isOf(records, key, to)) {
                newest = registered;
                found = records.getInt(key + IPC_STREAM);
            }
        }
        return found >= FIRST_STREAM ? found : NONE;
    }

    private static boolean isOf(DirectBuffer records, int key, PeerDescriptor to) {
        return records.getLong(key) == to.ipHigh()
                && records.getLong(key + IP_LOW) == to.ipLow()
                && records.getInt(key + PORT) == to.port()
                && records.getInt(key + STREAM) == to.stream();
    }
}
