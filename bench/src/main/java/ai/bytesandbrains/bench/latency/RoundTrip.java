package ai.bytesandbrains.bench.latency;

/// One kind of round trip between an asking and an answering side. Each side belongs to one thread;
/// neither allocates once it is warm.
interface RoundTrip extends AutoCloseable {

    /// What the round trip is called in figures.
    String name();

    /// Asking side: sends the first frame. False if that cannot be taken now.
    boolean start();

    /// Asking side: a duty cycle. True once the round trip has come to its end.
    boolean poll();

    /// Answering side: a duty cycle.
    ///
    /// @return how much was done
    int respond();

    /// Asking side, between measurements: what has to be done from time to time, by one thread
    /// while the other does nothing.
    void rest();

    @Override
    void close();
}
