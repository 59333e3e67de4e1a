package ai.bytesandbrains.engine.overlay;

import static ai.bytesandbrains.engine.overlay.Peers.descriptor;
import static ai.bytesandbrains.engine.overlay.Peers.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeerTableTest {

    private final PeerTable table = new PeerTable(4);

    @AfterEach
    void close() {
        table.close();
    }

    @Test
    void shouldGiveOneHandleToOneIdentity() {
        long first = table.acquire(descriptor(1));

        assertThat(table.acquire(descriptor(1))).isEqualTo(first);
    }

    @Test
    void shouldNeverHandOutTheNullHandle() {
        for (int i = 1; i <= 4; i++) {
            assertThat(table.acquire(descriptor(i))).isNotEqualTo(PeerTable.NULL_PEER);
        }
    }

    @Test
    void shouldTakeNobodyMoreWhenFull() {
        for (int i = 1; i <= 4; i++) {
            table.acquire(descriptor(i));
        }

        assertThat(table.acquire(descriptor(5))).isEqualTo(PeerTable.NULL_PEER);
    }

    @Test
    void shouldStillFindTheKnownWhenFull() {
        for (int i = 1; i <= 4; i++) {
            table.acquire(descriptor(i));
        }

        assertThat(table.acquire(descriptor(3))).isNotEqualTo(PeerTable.NULL_PEER);
    }

    @Test
    void shouldTakeSomebodyNewIntoAFreedPlace() {
        for (int i = 1; i <= 4; i++) {
            table.acquire(descriptor(i));
        }
        table.release(table.find(2));

        assertThat(table.acquire(descriptor(5))).isNotEqualTo(PeerTable.NULL_PEER);
    }

    @Test
    void shouldGiveANewHandleToAPlaceThatIsUsedAgain() {
        long old = table.acquire(descriptor(1));
        table.release(old);

        assertThat(table.acquire(descriptor(2))).isNotEqualTo(old);
    }

    @Test
    void shouldKeepAPeerUntilItsLastReferenceIsGone() {
        long peer = table.acquire(descriptor(1));
        table.retain(peer);
        table.release(peer);

        assertThat(table.isLive(peer)).isTrue();
    }

    @Test
    void shouldForgetAPeerWithItsLastReference() {
        long peer = table.acquire(descriptor(1));
        table.release(peer);

        assertThat(table.find(1)).isEqualTo(PeerTable.NULL_PEER);
    }

    @Test
    void shouldThrowOnAStaleHandle() {
        long peer = table.acquire(descriptor(1));
        table.release(peer);
        table.acquire(descriptor(2));

        assertThatThrownBy(() -> table.retain(peer)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> table.release(peer)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> table.shortIdOf(peer)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> table.describe(peer, new PeerDescriptor()))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> table.addAddress(peer, Address.ipc(1)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldThrowOnWhatIsNoHandle() {
        for (long wild : new long[] {0, 1, -1, 1L << 32 | 3, 5L << 32, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> table.retain(wild))
                    .as("0x%x", wild)
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldTakeOneOfTwoIdentitiesWithOneShortId() {
        table.acquire(descriptor(1));
        PeerDescriptor other = descriptor(1).id(1, 9, 9, 9);

        assertThat(table.acquire(other)).isEqualTo(PeerTable.NULL_PEER);
    }

    @Test
    void shouldNotFindAnotherIdentityWithTheSameShortId() {
        table.acquire(descriptor(1));

        assertThat(table.find(new PeerId(1, 9, 9, 9))).isEqualTo(PeerTable.NULL_PEER);
    }

    @Test
    void shouldTakeNobodyWithoutAnAddress() {
        PeerDescriptor nowhere = descriptor(1).address(0, 0, 0, 0, 0);

        assertThat(table.acquire(nowhere)).isEqualTo(PeerTable.NULL_PEER);
    }

    @Test
    void shouldTakeNobodyUnderTheReservedShortId() {
        assertThat(table.acquire(descriptor(1).id(0, 1, 2, 3))).isEqualTo(PeerTable.NULL_PEER);
    }

    @Test
    void shouldKeepTheAddressOfTheKnown() {
        long peer = table.acquire(descriptor(1));
        table.acquire(descriptor(1).address(3, 0, 0, 0, 99));

        assertThat(described(peer)).isEqualTo(peer(1));
    }

    @Test
    void shouldGiveAnAddressToTheKnownWhoHasNone() {
        long peer = table.acquire(descriptor(1));
        table.removeAddress(peer, peer(1).address());
        table.acquire(descriptor(1).address(3, 0, 0, 0, 99));

        assertThat(described(peer).address()).isEqualTo(Address.memory(99));
    }

    @Test
    void shouldGiveBackTheWholeIdentity() {
        assertThat(table.idOf(table.acquire(descriptor(7)))).isEqualTo(peer(7).id());
    }

    @Test
    void shouldDescribeEveryField() {
        Peer udp = new Peer(new PeerId(-1, 2, -3, 4), Address.udp6(-5, 6, 65_535, 1 << 30));

        assertThat(described(table.acquire(new PeerDescriptor().set(udp)))).isEqualTo(udp);
    }

    @Test
    void shouldHoldTwoAddressesAndNoMore() {
        long peer = table.acquire(descriptor(1));
        table.addAddress(peer, Address.ipc(1));

        assertThat(table.addAddress(peer, Address.ipc(2))).isFalse();
    }

    @Test
    void shouldMoveTheSecondAddressUp() {
        long peer = table.acquire(descriptor(1));
        table.addAddress(peer, Address.ipc(5));
        table.removeAddress(peer, peer(1).address());

        assertThat(described(peer).address()).isEqualTo(Address.ipc(5));
    }

    @Test
    void shouldNotLeaveAnAddressToTheNextInItsPlace() {
        long peer = table.acquire(descriptor(1));
        table.addAddress(peer, Address.ipc(5));
        table.release(peer);

        assertThat(table.addressCount(table.acquire(descriptor(2)))).isEqualTo(1);
    }

    @Test
    void shouldRefuseAnAddressIndexThatCannotBe() {
        long peer = table.acquire(descriptor(1));

        assertThatThrownBy(() -> table.describe(peer, 2, new PeerDescriptor()))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldRefuseNoCapacity() {
        assertThatThrownBy(() -> new PeerTable(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("capacity=0");
    }

    @Test
    void shouldThrowAfterClose() {
        long peer = table.acquire(descriptor(1));
        table.close();

        assertThatThrownBy(() -> table.retain(peer)).isInstanceOf(IllegalStateException.class);
    }

    private Peer described(long peer) {
        PeerDescriptor descriptor = new PeerDescriptor();
        table.describe(peer, descriptor);
        return descriptor.toPeer();
    }
}
