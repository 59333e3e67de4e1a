package ai.bytesandbrains.engine.search;

/// How a peer took a query.
public enum SearchStatus {
    /// It searched; fewer hits than asked for means that it has no more.
    OK(0),
    /// Its vectors have other dimensions.
    WRONG_DIMENSIONS(1),
    /// It measures in another metric.
    WRONG_METRIC(2),
    /// It does not answer with so many hits.
    TOO_MANY_WANTED(3),
    /// The query has no place in the space: not finite, or without a direction.
    BAD_QUERY(4),
    /// It has too many answers waiting to be sent, or this asker asks too often.
    OVERLOADED(5),
    /// It does not know what the tag of the filter stands for.
    UNKNOWN_FILTER(6),
    /// A vector in the encoding that was asked for fits into no message of its.
    UNSUITABLE_ENCODING(7);

    private static final SearchStatus[] BY_CODE = values();

    private final int code;

    SearchStatus(int code) {
        this.code = code;
    }

    /// {@return the number on the wire, which never changes}
    public int code() {
        return code;
    }

    /// Finds a status by its number.
    ///
    /// @param code the number on the wire
    /// @return the status, or null if there is none with this number
    public static SearchStatus ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
