package ai.bytesandbrains.bench.demo;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Peers as an SVG picture: near ones stand together, a line goes from each to those that it finds
/// to be near, and colours are topics.
///
/// The places come from a spring model (Fruchterman, Reingold, "Graph drawing by force-directed
/// placement", 1991) that starts from the seed.
public final class OverlayPicture {
    private static final int SIZE = 640;
    private static final int MARGIN = 50;
    private static final int ROUNDS = 400;
    private static final double FIRST_STEP = 0.1;

    private final List<Peer> peers;
    private final double[] x;
    private final double[] y;

    /// A peer.
    ///
    /// @param name its name
    /// @param topic what most of its data is about
    /// @param topicNumber decides the colour
    /// @param topics how many topics there are
    /// @param rows how many vectors it has
    /// @param near the peers that it finds to be near, by number, the nearest first
    public record Peer(
            String name, String topic, int topicNumber, int topics, int rows, List<Integer> near) {

        /// Keeps its own copy of the list.
        public Peer {
            near = List.copyOf(near);
        }
    }

    /// Places the peers.
    ///
    /// @param peers the peers
    /// @param seed decides where they start
    public OverlayPicture(final List<Peer> peers, final long seed) {
        this.peers = List.copyOf(peers);
        x = new double[peers.size()];
        y = new double[peers.size()];
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextDouble();
            y[i] = random.nextDouble();
        }
        final double apart = Math.sqrt(1.0 / Math.max(1, x.length));
        for (int round = 0; round < ROUNDS; round++) {
            move(apart, FIRST_STEP * (1 - (double) round / ROUNDS));
        }
    }

    private void move(final double apart, final double step) {
        final double[] dx = new double[x.length];
        final double[] dy = new double[x.length];
        for (int a = 0; a < x.length; a++) {
            for (int b = 0; b < x.length; b++) {
                if (a != b) {
                    push(a, b, apart * apart / squared(a, b), dx, dy);
                }
            }
            for (final int b : peers.get(a).near()) {
                push(a, b, -Math.sqrt(squared(a, b)) / apart, dx, dy);
                push(b, a, -Math.sqrt(squared(a, b)) / apart, dx, dy);
            }
        }
        for (int i = 0; i < x.length; i++) {
            final double length = Math.max(1e-9, Math.hypot(dx[i], dy[i]));
            x[i] += dx[i] / length * Math.min(length, step);
            y[i] += dy[i] / length * Math.min(length, step);
        }
    }

    private double squared(final int a, final int b) {
        final double dx = x[a] - x[b];
        final double dy = y[a] - y[b];
        return Math.max(1e-6, dx * dx + dy * dy);
    }

    private void push(
            final int a, final int b, final double force, final double[] dx, final double[] dy) {
        dx[a] += (x[a] - x[b]) * force;
        dy[a] += (y[a] - y[b]) * force;
    }

    /// {@return the picture}
    public String svg() {
        final StringBuilder svg = new StringBuilder();
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">%n"
                        .formatted(SIZE, SIZE));
        for (int a = 0; a < x.length; a++) {
            for (final int b : peers.get(a).near()) {
                svg.append(
                        String.format(
                                Locale.ROOT,
                                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\""
                                        + " stroke=\"#bbb\"/>%n",
                                at(x, a),
                                at(y, a),
                                at(x, b),
                                at(y, b)));
            }
        }
        for (int i = 0; i < x.length; i++) {
            append(svg, i);
        }
        return svg.append("</svg>\n").toString();
    }

    private void append(final StringBuilder svg, final int i) {
        final Peer peer = peers.get(i);
        final double radius = 5 + Math.sqrt(peer.rows()) / 3;
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"hsl(%d 65%% 50%%)\">"
                                + "<title>%s: %d texts, mostly %s</title></circle>%n",
                        at(x, i),
                        at(y, i),
                        radius,
                        360 * peer.topicNumber() / Math.max(1, peer.topics()),
                        escape(peer.name()),
                        peer.rows(),
                        escape(peer.topic())));
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%.1f\" font-size=\"11\" text-anchor=\"middle\">"
                                + "%s</text>%n",
                        at(x, i),
                        at(y, i) - radius - 3,
                        escape(peer.name() + " " + peer.topic())));
    }

    /// Fills the picture with whatever range the places have.
    private static double at(final double[] places, final int i) {
        double least = Double.MAX_VALUE;
        double most = -Double.MAX_VALUE;
        for (final double place : places) {
            least = Math.min(least, place);
            most = Math.max(most, place);
        }
        final double range = Math.max(1e-9, most - least);
        return MARGIN + (places[i] - least) / range * (SIZE - 2 * MARGIN);
    }

    /// {@return a text as it stands in HTML}
    ///
    /// @param text any text
    public static String escape(final String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
