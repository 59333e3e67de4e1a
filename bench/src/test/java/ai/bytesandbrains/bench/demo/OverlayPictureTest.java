package ai.bytesandbrains.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;

import javax.xml.parsers.DocumentBuilderFactory;

class OverlayPictureTest {
    private static OverlayPicture.Peer peer(final int number, final Integer... near) {
        return new OverlayPicture.Peer(
                "<node> & " + number, "noun.\"x\"", number, 4, 9, List.of(near));
    }

    @Test
    void shouldDrawEveryPeerAndLineAsXml() throws Exception {
        final List<OverlayPicture.Peer> peers =
                List.of(peer(0, 1), peer(1, 0), peer(2, 3), peer(3, 2, 1));

        final String svg = new OverlayPicture(peers, 1).svg();

        final var document =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(svg)));
        assertThat(document.getElementsByTagName("circle").getLength()).isEqualTo(4);
        assertThat(document.getElementsByTagName("line").getLength()).isEqualTo(5);
        assertThat(svg).doesNotContain("NaN").contains("&lt;node&gt; &amp; 2");
        assertThat(new OverlayPicture(peers, 1).svg()).isEqualTo(svg);
    }

    @Test
    void shouldPutNearPeersTogether() throws Exception {
        final List<OverlayPicture.Peer> peers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            final int first = i / 4 * 4;
            peers.add(peer(i, first + (i + 1) % 4, first + (i + 2) % 4));
        }

        final var document =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(
                                new InputSource(
                                        new StringReader(new OverlayPicture(peers, 7).svg())));

        final double[][] at = new double[8][2];
        for (int i = 0; i < 8; i++) {
            final var circle = document.getElementsByTagName("circle").item(i).getAttributes();
            at[i][0] = Double.parseDouble(circle.getNamedItem("cx").getNodeValue());
            at[i][1] = Double.parseDouble(circle.getNamedItem("cy").getNodeValue());
        }
        double together = 0;
        double apart = 0;
        for (int i = 0; i < 8; i++) {
            for (int j = 0; j < i; j++) {
                final double distance = Math.hypot(at[i][0] - at[j][0], at[i][1] - at[j][1]);
                together += i / 4 == j / 4 ? distance / 12 : 0;
                apart += i / 4 == j / 4 ? 0 : distance / 16;
            }
        }
        assertThat(apart).isGreaterThan(1.5 * together);
    }
}
