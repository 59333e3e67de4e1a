package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.semantic.SemanticCopy.Entry;

import org.junit.jupiter.api.AfterEach;

/// One node, and what it is told.
abstract class SemanticFixture {

    static final byte[] EAST = {100, 0, 0, 0};
    static final byte[] NORTH = {0, 100, 0, 0};

    OneSemanticNode node = new OneSemanticNode();

    @AfterEach
    void close() {
        node.close();
    }

    void restart(SemanticConfig config) {
        node.close();
        node = new OneSemanticNode(config);
    }

    static byte[] at(double degrees) {
        double radians = Math.toRadians(degrees);
        return new byte[] {
            (byte) Math.round(120 * Math.cos(radians)),
            (byte) Math.round(120 * Math.sin(radians)),
            0,
            0
        };
    }

    static int squares(Entry entry) {
        int sum = 0;
        for (byte component : entry.components()) {
            sum += component * component;
        }
        return sum;
    }

    float distanceOf(int number) {
        NearView near = node.overlay.near(0);
        for (int i = 0; i < near.size(); i++) {
            if (near.peerAt(i) == node.handle(number)) {
                return near.distanceAt(i);
            }
        }
        return Float.NaN;
    }

    void reply(Entry... entries) {
        node.receive(
                SemanticCopy.of(
                        SemanticKind.EXCHANGE_REPLY,
                        node.last().requestId(),
                        (int) node.lastReceiver(),
                        entries));
    }
}
