package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderEncoder;

/// SBE's message header, with which every frame begins, as one word.
final class MessageHeaders {

    private static final int BLOCK = shift(MessageHeaderEncoder.blockLengthEncodingOffset());
    private static final int TEMPLATE = shift(MessageHeaderEncoder.templateIdEncodingOffset());
    private static final int SCHEMA = shift(MessageHeaderEncoder.schemaIdEncodingOffset());
    private static final int VERSION = shift(MessageHeaderEncoder.versionEncodingOffset());
    private static final int MASK = 0xffff;

    private MessageHeaders() {}

    static long of(int blockLength, int templateId, int version) {
        return (long) blockLength << BLOCK
                | (long) templateId << TEMPLATE
                | (long) MessageHeaderEncoder.SCHEMA_ID << SCHEMA
                | (long) version << VERSION;
    }

    static int blockLength(long word) {
        return (int) (word >>> BLOCK) & MASK;
    }

    static int templateId(long word) {
        return (int) (word >>> TEMPLATE) & MASK;
    }

    static int schemaId(long word) {
        return (int) (word >>> SCHEMA) & MASK;
    }

    static int version(long word) {
        return (int) (word >>> VERSION) & MASK;
    }

    private static int shift(int offset) {
        return Byte.SIZE * offset;
    }
}
