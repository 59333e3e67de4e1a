package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.FrameHeaderEncoder;
import ai.bytesandbrains.engine.overlay.PeerId;

/// What a node writes into the header of every frame it sends: who it is, in which network, since
/// which start, and a number that never repeats within that start. Single-threaded.
public final class FrameStamp {

    /// The major version of the protocol: another one cannot be read.
    public static final int VERSION_MAJOR = 1;

    /// The minor version: a newer one is read as far as it is known.
    public static final int VERSION_MINOR = 0;

    private final long networkId;
    private final long sender;
    private final long incarnation;
    private long sequence;

    /// Makes the stamp of one start of a node.
    ///
    /// @param networkId the network
    /// @param self the node
    /// @param incarnation drawn at random at each start
    public FrameStamp(long networkId, PeerId self, long incarnation) {
        this.networkId = networkId;
        this.sender = self.shortId();
        this.incarnation = incarnation;
    }

    void apply(FrameHeaderEncoder header, int protocolId, long receiver, int length) {
        header.protocolId(protocolId)
                .versionMajor((short) VERSION_MAJOR)
                .versionMinor((short) VERSION_MINOR)
                .length(length)
                .networkId(networkId)
                .sender(sender)
                .receiver(receiver)
                .incarnation(incarnation)
                .sequence(++sequence);
    }
}
