package ai.bytesandbrains.engine.overlay;

import java.util.Objects;

/// A peer as a caller names it: who, and where.
///
/// @param id its identity
/// @param address where it listens
public record Peer(PeerId id, Address address) {

    /// Checks that both are there.
    public Peer {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(address, "address");
    }

    /// {@return the first eight digits of the id, and the address}
    @Override
    public String toString() {
        return id.toString().substring(0, 8) + "@" + address;
    }
}
