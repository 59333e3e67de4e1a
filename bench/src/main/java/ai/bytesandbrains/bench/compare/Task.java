package ai.bytesandbrains.bench.compare;

import ai.bytesandbrains.bench.measure.Race;

/// What was measured of one task. Null is what was not measured.
///
/// @param task what was done
/// @param unit of the figures
/// @param engine the engine's figure
/// @param jVector JVector's figure
/// @param ratio how many times better the engine is
/// @param scalar the engine's figure without SIMD, from a run of its own
/// @param limitShare what the engine reaches of the limit that binds it
/// @param limit which limit that is: `bandwidth` or `fma`
/// @param gain how many times better the engine is than when it does the same as `gainOver` says,
///     in turns
/// @param gainOver `one thread` or `one query`
/// @param engineBytes heap bytes that the engine allocates a query, or a call
/// @param jVectorBytes the same of JVector
public record Task(
        String task,
        String unit,
        Double engine,
        Double jVector,
        Double ratio,
        Double scalar,
        Double limitShare,
        String limit,
        Double gain,
        String gainOver,
        Double engineBytes,
        Double jVectorBytes) {
    /// What the engine and, unless `other` is null, JVector did in a race.
    ///
    /// @param limitPerUnit what one unit of work a second is of the limit
    /// @param queriesPerCall of the engine, for its allocation; JVector's calls are one query
    static Task raced(
            final String task,
            final String unit,
            final Race.Result own,
            final Race.Result other,
            final double limitPerUnit,
            final String limit,
            final int queriesPerCall) {
        return new Task(
                task,
                unit,
                own.perSecond(),
                other == null ? null : other.perSecond(),
                other == null ? null : own.perSecond() / other.perSecond(),
                null,
                own.perSecond() * limitPerUnit,
                limit,
                null,
                null,
                own.allocatedBytesPerCall() / queriesPerCall,
                other == null ? null : other.allocatedBytesPerCall());
    }

    /// Two threads, whose gain over one is all there is to say of them.
    static Task ofTwoThreads(
            final String task, final String unit, final double figure, final double gain) {
        return new Task(
                task + ", 2 threads",
                unit,
                figure,
                null,
                null,
                null,
                null,
                null,
                gain,
                "one thread",
                null,
                null);
    }

    /// {@return the same task with the figure of a run without SIMD}
    ///
    /// @param figure the figure, or null
    public Task withScalar(final Double figure) {
        return new Task(
                task,
                unit,
                engine,
                jVector,
                ratio,
                figure,
                limitShare,
                limit,
                gain,
                gainOver,
                engineBytes,
                jVectorBytes);
    }

    /// {@return the same task with its gain over another one of the engine's}
    ///
    /// @param than the other one's figure
    /// @param over what that is
    Task withGain(final double than, final String over) {
        return new Task(
                task,
                unit,
                engine,
                jVector,
                ratio,
                scalar,
                limitShare,
                limit,
                engine / than,
                over,
                engineBytes,
                jVectorBytes);
    }
}
