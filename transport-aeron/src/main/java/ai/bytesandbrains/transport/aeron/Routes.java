package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

/// Finds the channel and stream to an address: shared memory where the address' owner is on the
/// same driver and listens there, else what the address says. Single-threaded.
final class Routes {

    private final int termLength;
    private final Colocated colocated;
    private String channel;
    private int stream;

    /// Routes over one driver.
    ///
    /// @param colocated finds neighbours on the driver; null to leave them to the network
    Routes(AeronConfig config, Colocated colocated) {
        termLength = config.termLength();
        this.colocated = colocated;
    }

    /// Looks for a way; false if Aeron has none to this address. Allocates.
    boolean find(PeerDescriptor to) {
        channel = Channels.to(to, termLength);
        stream = to.stream();
        boolean network = channel != null && to.addressKind() == Address.Kind.UDP.code();
        if (network && colocated != null) {
            int shared = colocated.streamOf(to);
            if (shared != Colocated.NONE) {
                channel = Channels.ipc(termLength);
                stream = shared;
            }
        }
        return channel != null;
    }

    /// The channel that was found.
    String channel() {
        return channel;
    }

    /// The stream that was found.
    int stream() {
        return stream;
    }
}
