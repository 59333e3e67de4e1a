package ai.bytesandbrains.transport.aeron;

import io.aeron.Aeron;
import io.aeron.Counter;
import io.aeron.exceptions.RegistrationException;

import org.agrona.ErrorHandler;

/// A number in the counters of the media driver, where other processes read it (AeronStat, `bb
/// stat`). It goes when the client that made it ends. Setting it allocates nothing.
final class AeronGauge implements Transport.Gauge {

    private final Aeron aeron;
    private final ErrorHandler errors;
    private final long registrationId;
    private Counter counter;
    private boolean refused;

    /// Asks the driver for a counter, and does not wait for it.
    AeronGauge(Aeron aeron, ErrorHandler errors, String label) {
        this.aeron = aeron;
        this.errors = errors;
        registrationId = aeron.asyncAddCounter(NodeGauges.COUNTER_TYPE, label);
    }

    @Override
    public void set(long value) {
        if (counter == null && !refused && !aeron.isClosed()) {
            take();
        }
        if (counter != null && !counter.isClosed()) {
            counter.setRelease(value);
        }
    }

    private void take() {
        try {
            counter = aeron.getCounter(registrationId);
        } catch (RegistrationException e) {
            // A driver that has no room for more counters: the node goes on without.
            refused = true;
            errors.onError(e);
        }
    }
}
