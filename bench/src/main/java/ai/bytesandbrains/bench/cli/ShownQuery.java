package ai.bytesandbrains.bench.cli;

import java.util.List;
import java.util.Locale;

/// One query with what it found, for a reader.
///
/// @param text the query's text
/// @param hits what was found, nearest first
public record ShownQuery(String text, List<Hit> hits) {
    private static final String CUT = "...";
    private static final int MAX_PEER_NAME = 20;

    /// Keeps its own copy of the list.
    public ShownQuery {
        hits = List.copyOf(hits);
    }

    /// One neighbour.
    ///
    /// @param score distance to the query, or how similar it is
    /// @param peer name of the peer that holds it
    /// @param text the neighbour's text
    public record Hit(float score, String peer, String text) {}

    /// The query's text, wrapped, then one line for each hit: rank, score, peer and text, cut
    /// to 100 columns.
    ///
    /// @return lines, each ended by a line break
    public String render() {
        final StringBuilder lines = new StringBuilder();
        wrap("query: " + clean(text), lines);
        int peerWidth = 1;
        for (final Hit hit : hits) {
            peerWidth = Math.max(peerWidth, Math.min(MAX_PEER_NAME, hit.peer.length()));
        }
        for (int i = 0; i < hits.size(); i++) {
            final Hit hit = hits.get(i);
            final String line =
                    String.format(
                            Locale.ROOT,
                            "  %3d  %.4f  %-" + peerWidth + "s  %s",
                            i + 1,
                            hit.score,
                            cut(clean(hit.peer), peerWidth),
                            clean(hit.text));
            lines.append(cut(line, TextTable.WIDTH)).append('\n');
        }
        return lines.toString();
    }

    /// A text may come from another peer: line breaks and terminal controls in it must not act.
    private static String clean(final String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+", " ");
    }

    private static String cut(final String text, final int width) {
        if (text.length() <= width) {
            return text;
        }
        int end = width - CUT.length();
        if (Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end) + CUT;
    }

    private static void wrap(final String text, final StringBuilder lines) {
        String indent = "";
        String rest = text;
        while (indent.length() + rest.length() > TextTable.WIDTH) {
            final int room = TextTable.WIDTH - indent.length();
            final int space = rest.lastIndexOf(' ', room);
            final int end = space > 0 ? space : room;
            lines.append(indent).append(rest, 0, end).append('\n');
            rest = rest.substring(end).stripLeading();
            indent = "       ";
        }
        lines.append(indent).append(rest).append('\n');
    }
}
