package ai.bytesandbrains.engine.overlay;

import java.util.function.LongConsumer;

/// The verbs of an [OverlayProtocol] about addresses, the same in all of them.
///
/// Single-threaded, as the table is; allocates nothing.
public final class PeerAddresses {

    private PeerAddresses() {}

    /// Adds an address to a peer that is known.
    ///
    /// @param table the peers
    /// @param peer its identity
    /// @param address where it can be reached too
    /// @return false if the peer is not known, has the address, or has no room for one more
    public static boolean add(PeerTable table, PeerId peer, Address address) {
        long handle = table.find(peer);
        return handle != PeerTable.NULL_PEER && table.addAddress(handle, address);
    }

    /// Removes an address of a peer; a peer that loses its last address is forgotten. The local
    /// peer keeps its last address: without it nobody could answer.
    ///
    /// @param table the peers
    /// @param self the local peer's handle
    /// @param peer the peer's identity
    /// @param address where it can no longer be reached
    /// @param forget removes the peer from the protocol, which may ask who and where it was
    /// @return false if nothing has changed
    public static boolean remove(
            PeerTable table, long self, PeerId peer, Address address, LongConsumer forget) {
        long handle = table.find(peer);
        if (handle == PeerTable.NULL_PEER || !table.hasAddress(handle, address)) {
            return false;
        }
        if (table.addressCount(handle) > 1) {
            return table.removeAddress(handle, address);
        }
        if (handle == self) {
            return false;
        }
        table.retain(handle);
        forget.accept(handle);
        table.removeAddress(handle, address);
        table.release(handle);
        return true;
    }
}
