package ai.bytesandbrains.bench.sim;

import ai.bytesandbrains.engine.sim.CycleFigures;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Draws a simulation: how in-degrees are distributed at the end, and how dead links, the spread of
/// in-degrees and attackers developed from cycle to cycle.
public final class SimPicture {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 380;
    private static final int COLUMNS = 2;

    private SimPicture() {}

    /// Draws into a file.
    ///
    /// @param inDegrees how many nodes have the in-degree that is the index
    /// @param course the figures of each cycle; may be empty
    /// @param file a PNG file, written anew
    /// @throws IOException if the file cannot be written
    public static void draw(final int[] inDegrees, final List<CycleFigures> course, final Path file)
            throws IOException {
        System.setProperty("java.awt.headless", "true");
        final List<Chart<?, ?>> charts =
                course.isEmpty()
                        ? List.of(degrees(inDegrees))
                        : List.of(
                                degrees(inDegrees),
                                curve(course, "In-degree, sd", CycleFigures::inDegreeSd),
                                curve(
                                        course,
                                        "Dead links per view",
                                        CycleFigures::deadLinksPerView),
                                curve(course, "Deaf nodes", CycleFigures::deaf));
        BitmapEncoder.saveBitmap(
                charts,
                (charts.size() + COLUMNS - 1) / COLUMNS,
                Math.min(COLUMNS, charts.size()),
                file.toString(),
                BitmapFormat.PNG);
    }

    private static XYChart degrees(final int[] counts) {
        final XYChart chart = chart("Nodes by in-degree", "in-degree", "nodes");
        final double[] x = IntStream.range(0, counts.length).asDoubleStream().toArray();
        final double[] y = IntStream.of(counts).asDoubleStream().toArray();
        final XYSeries nodes = chart.addSeries("nodes", x, y);
        nodes.setXYSeriesRenderStyle(XYSeriesRenderStyle.StepArea);
        nodes.setMarker(SeriesMarkers.NONE);
        return chart;
    }

    private static XYChart curve(
            final List<CycleFigures> course,
            final String title,
            final ToDoubleFunction<CycleFigures> figure) {
        final XYChart chart = chart(title, "cycle", "");
        final double[] x = course.stream().mapToDouble(CycleFigures::cycle).toArray();
        final double[] y = course.stream().mapToDouble(figure).toArray();
        chart.addSeries(title, x, y).setMarker(SeriesMarkers.NONE);
        return chart;
    }

    private static XYChart chart(final String title, final String x, final String y) {
        final XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(title)
                        .xAxisTitle(x)
                        .yAxisTitle(y)
                        .build();
        chart.getStyler().setLegendVisible(false).setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisMin(0.0);
        return chart;
    }
}
