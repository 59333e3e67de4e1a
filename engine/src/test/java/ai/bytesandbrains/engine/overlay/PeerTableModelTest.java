package ai.bytesandbrains.engine.overlay;

import static ai.bytesandbrains.engine.overlay.Peers.descriptor;
import static ai.bytesandbrains.engine.overlay.Peers.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// The table against a model made of ordinary collections, under random calls.
class PeerTableModelTest {

    private static final int CAPACITY = 24;
    private static final int NUMBERS = 40;

    private static final class Entry {
        final int number;
        final long handle;
        final List<Address> addresses = new ArrayList<>();
        int references = 1;

        Entry(int number, long handle) {
            this.number = number;
            this.handle = handle;
            addresses.add(peer(number).address());
        }
    }

    private final Map<Integer, Entry> model = new HashMap<>();
    private final Set<Long> dead = new HashSet<>();

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {11, 12, 13, 14})
    void shouldDoWhatTheModelDoes(long seed) {
        Random random = new Random(seed);
        try (PeerTable table = new PeerTable(CAPACITY)) {
            for (int step = 0; step < 20_000; step++) {
                int number = 1 + random.nextInt(NUMBERS);
                switch (random.nextInt(6)) {
                    case 0 -> acquire(table, number);
                    case 1 -> retain(table, number);
                    case 2, 3 -> release(table, number);
                    case 4 -> addAddress(table, number, Address.ipc(1 + random.nextInt(3)));
                    default -> removeAddress(table, number, random);
                }
                if (step % 16 == 0) {
                    compare(table);
                }
            }
            assertThat(dead).as("handles that went stale").hasSizeGreaterThan(100);
        }
    }

    private void acquire(PeerTable table, int number) {
        Entry known = model.get(number);
        long handle = table.acquire(descriptor(number));
        if (known != null) {
            assertThat(handle).isEqualTo(known.handle);
            known.references++;
            if (known.addresses.isEmpty()) {
                known.addresses.add(peer(number).address());
            }
        } else if (model.size() == CAPACITY) {
            assertThat(handle).isEqualTo(PeerTable.NULL_PEER);
        } else {
            assertThat(dead).doesNotContain(handle);
            model.put(number, new Entry(number, handle));
        }
    }

    private void retain(PeerTable table, int number) {
        Entry known = model.get(number);
        if (known != null) {
            table.retain(known.handle);
            known.references++;
        }
    }

    private void release(PeerTable table, int number) {
        Entry known = model.get(number);
        if (known != null) {
            table.release(known.handle);
            if (--known.references == 0) {
                model.remove(number);
                dead.add(known.handle);
            }
        }
    }

    private void addAddress(PeerTable table, int number, Address address) {
        Entry known = model.get(number);
        if (known != null) {
            boolean added =
                    known.addresses.size() < PeerTable.ADDRESSES_PER_PEER
                            && !known.addresses.contains(address);
            if (added) {
                known.addresses.add(address);
            }
            assertThat(table.addAddress(known.handle, address)).isEqualTo(added);
        }
    }

    private void removeAddress(PeerTable table, int number, Random random) {
        Entry known = model.get(number);
        if (known != null) {
            Address address =
                    random.nextBoolean()
                            ? peer(number).address()
                            : Address.ipc(1 + random.nextInt(3));
            assertThat(table.removeAddress(known.handle, address))
                    .isEqualTo(known.addresses.remove(address));
        }
    }

    private void compare(PeerTable table) {
        assertThat(table.size()).isEqualTo(model.size());
        PeerDescriptor descriptor = new PeerDescriptor();
        for (int number = 1; number <= NUMBERS; number++) {
            Entry known = model.get(number);
            assertThat(table.find(number))
                    .isEqualTo(known == null ? PeerTable.NULL_PEER : known.handle);
            assertThat(table.find(peer(number).id())).isEqualTo(table.find(number));
            if (known != null) {
                assertThat(table.idOf(known.handle)).isEqualTo(peer(known.number).id());
                assertThat(table.addressCount(known.handle)).isEqualTo(known.addresses.size());
                for (int i = 0; i < known.addresses.size(); i++) {
                    table.describe(known.handle, i, descriptor);
                    assertThat(descriptor.toPeer().address()).isEqualTo(known.addresses.get(i));
                }
            }
        }
        for (long handle : dead.stream().limit(8).toList()) {
            assertThat(table.isLive(handle)).isFalse();
            assertThatThrownBy(() -> table.release(handle))
                    .isInstanceOf(IllegalStateException.class);
        }
    }
}
