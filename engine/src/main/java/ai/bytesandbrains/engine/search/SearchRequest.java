package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.space.Metric;

/// A query on its way to a peer.
public interface SearchRequest extends SearchMessage {

    @Override
    default SearchKind kind() {
        return SearchKind.REQUEST;
    }

    /// Reads who asks, so that a peer which does not know the asker can answer.
    ///
    /// @param into what to fill
    void asker(PeerDescriptor into);

    /// {@return how many neighbours are wanted}
    int k();

    /// {@return how long the asker still waits, in nanoseconds}
    long budgetNs();

    /// {@return what the query is to be measured in}
    Metric metric();

    /// {@return how many components the query has}
    int dimensions();

    /// {@return how its components are written}
    QueryEncoding encoding();

    /// {@return what encoded components are multiplied with; 1 where the encoding needs none}
    float scale();

    /// Reads eight bytes of the encoded query, little-endian.
    ///
    /// @param word from 0; the last word is filled up with zeros
    /// @return bytes `8 word` to `8 word + 7`
    long queryWordAt(int word);

    /// {@return what the filter of the query consists of: the bits of [SearchFilter]; 0 for none}
    int filterFlags();

    /// {@return the number that each node makes a filter of; of no meaning without its flag}
    long filterTag();

    /// {@return how many runs of consecutive ids the filter names}
    int filterRanges();

    /// {@return the smallest and the largest id of each run, in turn}
    ///
    /// @param index from 0 to `2 * filterRanges() - 1`
    long filterBoundAt(int index);
}
