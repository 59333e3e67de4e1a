package ai.bytesandbrains.transport.aeron;

import org.agrona.concurrent.NanoClock;

/// A clock that stands still until it is moved. For one thread.
final class ManualClock implements NanoClock {

    private long nowNs = 1;

    @Override
    public long nanoTime() {
        return nowNs;
    }

    void advance(long byNs) {
        nowNs = nowNs + byNs;
    }
}
