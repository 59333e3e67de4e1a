package ai.bytesandbrains.transport.aeron;

import io.aeron.Aeron;
import io.aeron.Counter;
import io.aeron.exceptions.RegistrationException;

import org.agrona.ErrorHandler;

/// A number in the counters of the media driver, where other processes read it (AeronStat, `bb
/// stat`). It goes when the client that made it ends, and is asked for again with the next one.
/// Setting it allocates nothing.
final class AeronGauge implements Transport.Gauge {

    private final String label;
    private final ErrorHandler errors;
    private Aeron aeron;
    private long registrationId;
    private Counter counter;
    private boolean refused;

    AeronGauge(String label, ErrorHandler errors) {
        this.label = label;
        this.errors = errors;
    }

    /// Asks the driver for a counter, and does not wait for it.
    void open(Aeron client) {
        aeron = client;
        counter = null;
        refused = false;
        registrationId = client.asyncAddCounter(NodeGauges.COUNTER_TYPE, label);
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
