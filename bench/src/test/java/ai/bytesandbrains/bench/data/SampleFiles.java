package ai.bytesandbrains.bench.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/// Bytes of small data files, written independently of the readers.
public final class SampleFiles {
    private SampleFiles() {}

    /// TEXMEX float rows.
    public static byte[] fvecs(final float[]... rows) {
        final ByteBuffer out =
                ByteBuffer.allocate(rows.length * 4 * (1 + rows[0].length))
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (final float[] row : rows) {
            out.putInt(row.length);
            for (final float value : row) {
                out.putFloat(value);
            }
        }
        return out.array();
    }

    /// TEXMEX byte rows.
    public static byte[] bvecs(final int[]... rows) {
        final ByteBuffer out =
                ByteBuffer.allocate(rows.length * (4 + rows[0].length))
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (final int[] row : rows) {
            out.putInt(row.length);
            for (final int value : row) {
                out.put((byte) value);
            }
        }
        return out.array();
    }

    /// TEXMEX int rows.
    public static byte[] ivecs(final int[]... rows) {
        final ByteBuffer out =
                ByteBuffer.allocate(rows.length * 4 * (1 + rows[0].length))
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (final int[] row : rows) {
            out.putInt(row.length);
            for (final int value : row) {
                out.putInt(value);
            }
        }
        return out.array();
    }

    /// big-ann floats.
    public static byte[] fbin(final float[]... rows) {
        final ByteBuffer out =
                ByteBuffer.allocate(8 + 4 * rows.length * rows[0].length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(rows.length).putInt(rows[0].length);
        for (final float[] row : rows) {
            for (final float value : row) {
                out.putFloat(value);
            }
        }
        return out.array();
    }

    /// big-ann bytes, signed or not.
    public static byte[] byteBin(final int[]... rows) {
        final ByteBuffer out =
                ByteBuffer.allocate(8 + rows.length * rows[0].length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(rows.length).putInt(rows[0].length);
        for (final int[] row : rows) {
            for (final int value : row) {
                out.put((byte) value);
            }
        }
        return out.array();
    }

    /// big-ann ints.
    public static byte[] ibin(final int[]... rows) {
        final ByteBuffer out =
                ByteBuffer.allocate(8 + 4 * rows.length * rows[0].length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(rows.length).putInt(rows[0].length);
        for (final int[] row : rows) {
            for (final int value : row) {
                out.putInt(value);
            }
        }
        return out.array();
    }

    /// A NumPy file, version 1.
    public static byte[] npy(final String header, final byte[] values) {
        final byte[] text = (header + "\n").getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(10 + text.length + values.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.ISO_8859_1))
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) text.length)
                .put(text)
                .put(values)
                .array();
    }

    /// An IDX file of the type 0x08 to 0x0e.
    public static byte[] idx(final int type, final int[] axes, final byte[] values) {
        final ByteBuffer out = ByteBuffer.allocate(4 + 4 * axes.length + values.length);
        out.put((byte) 0).put((byte) 0).put((byte) type).put((byte) axes.length);
        for (final int axis : axes) {
            out.putInt(axis);
        }
        return out.put(values).array();
    }

    /// The same, gzipped.
    public static byte[] gzip(final byte[] plain) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
