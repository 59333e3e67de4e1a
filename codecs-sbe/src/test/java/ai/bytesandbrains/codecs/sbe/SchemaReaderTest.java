package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

import javax.xml.parsers.DocumentBuilderFactory;

/// Frames read by somebody who has the schema and nothing else: offsets are added up from the XML,
/// no generated code is used.
class SchemaReaderTest {

    private static final Map<String, Integer> PRIMITIVES =
            Map.of(
                    "uint8", 1, "int8", 1, "char", 1, "uint16", 2, "int16", 2, "uint32", 4, "int32",
                    4, "float", 4, "int64", 8, "double", 8);

    private final Document schema = parse();
    private final Wire wire = Wire.recording();

    @AfterEach
    void close() {
        wire.close();
    }

    private static Document parse() {
        try (InputStream xml = FrameDispatcher.class.getResourceAsStream("schema.xml")) {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(xml);
        } catch (Exception e) {
            throw new IllegalStateException("the schema cannot be read: " + e.getMessage(), e);
        }
    }

    private Element named(String tag, String attribute, String value) {
        NodeList all = schema.getElementsByTagName(tag);
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            if (element.getAttribute(attribute).equals(value)) {
                return element;
            }
        }
        return null;
    }

    /// Adds the fields of a type, by dotted names; returns where they end.
    private int add(String name, String type, int at, Map<String, Integer> offsets) {
        offsets.put(name, at);
        if (PRIMITIVES.containsKey(type)) {
            return at + PRIMITIVES.get(type);
        }
        Element enumeration = named("enum", "name", type);
        if (enumeration != null) {
            return at + PRIMITIVES.get(enumeration.getAttribute("encodingType"));
        }
        return addAll(name + ".", named("composite", "name", type), at, offsets);
    }

    private int addAll(String prefix, Element parent, int from, Map<String, Integer> offsets) {
        int at = from;
        NodeList children = parent.getChildNodes();
        for (int i = 0; i < children.getLength(); i++) {
            if (children.item(i) instanceof Element child && !child.getTagName().equals("group")) {
                String type =
                        child.hasAttribute("primitiveType")
                                ? child.getAttribute("primitiveType")
                                : child.getAttribute("type");
                at = add(prefix + child.getAttribute("name"), type, at, offsets);
            }
        }
        return at;
    }

    /// Offsets of a message's fields in a frame, and of its group's in an entry.
    private Map<String, Integer> layout(int template) {
        Element message = named("sbe:message", "id", String.valueOf(template));
        Map<String, Integer> offsets = new LinkedHashMap<>();
        int body = addAll("", named("composite", "name", "messageHeader"), 0, offsets);
        addAll("", message, body, offsets);
        NodeList groups = message.getElementsByTagName("group");
        for (int i = 0; i < groups.getLength(); i++) {
            Element group = (Element) groups.item(i);
            addAll(group.getAttribute("name") + ".", group, 0, offsets);
        }
        offsets.put("", body);
        return offsets;
    }

    private static ByteBuffer bytes(byte[] frame) {
        return ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void assertHeader(ByteBuffer frame, Map<String, Integer> at) {
        assertThat(frame.getInt(at.get("frame.length"))).isEqualTo(frame.capacity());
        assertThat(frame.getLong(at.get("frame.networkId"))).isEqualTo(Wire.NETWORK);
        assertThat(frame.getLong(at.get("frame.sender"))).isEqualTo(Wire.SENDER);
        assertThat(frame.getLong(at.get("frame.sequence"))).isPositive();
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldReadGossip(long seed) {
        Random random = new Random(seed);
        Map<String, Integer> at = layout(1);
        for (int i = 0; i < 200; i++) {
            Gossip message = Gossip.random(random, Wire.SENDER);
            ByteBuffer frame = bytes(wire.frame(message));

            assertHeader(frame, at);
            assertThat(frame.getLong(at.get("requestId"))).isEqualTo(message.requestId());
            assertThat(frame.get(at.get("kind"))).isEqualTo((byte) message.kind().code());
            int group = at.get("") + frame.getShort(at.get("blockLength"));
            int stride = frame.getShort(group);
            assertThat((int) frame.getShort(group + 2)).isEqualTo(message.size());
            for (int peer = 0; peer < message.size(); peer++) {
                assertPeer(frame, group + 4 + peer * stride, at, message.peers().get(peer));
            }
        }
    }

    private static void assertPeer(
            ByteBuffer frame, int entry, Map<String, Integer> at, PeerDescriptor peer) {
        assertThat(frame.getLong(entry + at.get("peers.peer.id0"))).isEqualTo(peer.shortId());
        assertThat(frame.getLong(entry + at.get("peers.peer.id3"))).isEqualTo(peer.id3());
        assertThat(frame.getLong(entry + at.get("peers.peer.ipLow"))).isEqualTo(peer.ipLow());
        assertThat(frame.getInt(entry + at.get("peers.peer.stream"))).isEqualTo(peer.stream());
        assertThat(frame.getShort(entry + at.get("peers.peer.port")) & 0xffff)
                .isEqualTo(peer.port());
        assertThat((int) frame.get(entry + at.get("peers.peer.addressKind")))
                .isEqualTo(peer.addressKind());
        assertThat(frame.getInt(entry + at.get("peers.peer.age"))).isEqualTo(peer.age());
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {4, 5})
    void shouldReadAnswersToQueries(long seed) {
        Random random = new Random(seed);
        Map<String, Integer> at = layout(101);
        for (int i = 0; i < 200; i++) {
            Search.Response message = Search.response(random);
            ByteBuffer frame = bytes(wire.frame(message));

            assertHeader(frame, at);
            assertThat(frame.getLong(at.get("requestId"))).isEqualTo(message.requestId());
            assertThat(frame.get(at.get("status"))).isEqualTo((byte) message.status().code());
            int group = at.get("") + frame.getShort(at.get("blockLength"));
            int stride = frame.getShort(group);
            assertThat((int) frame.getShort(group + 2)).isEqualTo(message.size());
            for (int hit = 0; hit < message.size(); hit++) {
                int entry = group + 4 + hit * stride;
                assertThat(frame.getLong(entry + at.get("hits.hit.id")))
                        .isEqualTo(message.hits().get(hit).id());
                Float distance = message.hits().get(hit).distance();
                assertThat(frame.getFloat(entry + at.get("hits.hit.distance"))).isEqualTo(distance);
            }
        }
    }
}
