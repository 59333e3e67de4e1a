package ai.bytesandbrains.engine.sim;

/// What finds came to, on average.
///
/// @param recall share of the truly best peers that were found
/// @param asked peers that were asked
/// @param answered peers that answered
/// @param hops peers asked one after the other to hear of the best
/// @param elapsedNs time from begin to end
public record FindFigures(
        double recall, double asked, double answered, double hops, double elapsedNs) {

    static final FindFigures NONE = new FindFigures(0, 0, 0, 0, 0);

    FindFigures plus(FindFigures other) {
        return new FindFigures(
                recall + other.recall,
                asked + other.asked,
                answered + other.answered,
                hops + other.hops,
                elapsedNs + other.elapsedNs);
    }

    FindFigures dividedBy(int count) {
        return new FindFigures(
                recall / count, asked / count, answered / count, hops / count, elapsedNs / count);
    }
}
