package ai.bytesandbrains.transport.aeron.journal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// Where things are in a journal. Little-endian; records begin at multiples of 8 bytes.
///
/// ```
///   file      0  magic "BBJOURNL"      8  version, int     12  CRC32C of the first 12 bytes
///            16  the first record
///   record    0  length of the payload, int; 0 behind the last record
///             4  CRC32C of number, type, length and payload
///             8  type, int            12  number, from 0: what was cut off is not taken for new
///            16  payload, and zeros up to a multiple of 8
/// ```
final class RecordLayout {
    static final long MAGIC = 0x4c4e52554f4a4242L;
    static final int VERSION = 1;
    static final int FILE_HEADER_BYTES = 16;
    static final int HEADER_BYTES = 16;

    /// The longest payload.
    static final int MAX_PAYLOAD = 1 << 28;

    static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int CRC = 4;
    private static final int TYPE = 8;
    private static final int NUMBER = 12;

    private RecordLayout() {}

    /// Bytes from one record to the next.
    static long stride(int payload) {
        return (HEADER_BYTES + (long) payload + Long.BYTES - 1) & -Long.BYTES;
    }

    static void writeFileHeader(MemorySegment file) {
        file.set(LONG, 0, MAGIC);
        file.set(INT, 8, VERSION);
        file.set(INT, 12, fileCrc(file));
    }

    /// What is wrong with the beginning of a file; null if nothing is.
    static String fileProblem(MemorySegment file) {
        if (file.byteSize() < FILE_HEADER_BYTES || file.get(LONG, 0) != MAGIC) {
            return "is no journal";
        }
        if (file.get(INT, 12) != fileCrc(file)) {
            return "has a damaged header";
        }
        int version = file.get(INT, 8);
        return version == VERSION
                ? null
                : "has version " + version + ", this code reads " + VERSION;
    }

    private static int fileCrc(MemorySegment file) {
        CRC32C crc = new CRC32C();
        crc.update(file.asSlice(0, 12).asByteBuffer());
        return (int) crc.getValue();
    }

    /// Makes a record of a payload that is there already. The length comes last: without it there
    /// is no record.
    static void seal(
            MemorySegment file,
            ByteBuffer bytes,
            CRC32C crc,
            long at,
            int type,
            int number,
            int n) {
        for (long i = at + HEADER_BYTES + n; i < at + stride(n); i++) {
            file.set(ValueLayout.JAVA_BYTE, i, (byte) 0);
        }
        file.set(INT, at + TYPE, type);
        file.set(INT, at + NUMBER, number);
        file.set(INT, at + CRC, crc(bytes, crc, at, type, number, n));
        VarHandle.releaseFence();
        file.set(INT, at, n);
    }

    /// The length of the payload of a sound record, or -1 if there is none here.
    static int soundLength(MemorySegment file, ByteBuffer bytes, CRC32C crc, long at, int number) {
        if (at + HEADER_BYTES > file.byteSize()) {
            return -1;
        }
        int n = file.get(INT, at);
        if (n <= 0 || n > MAX_PAYLOAD || at + stride(n) > file.byteSize()) {
            return -1;
        }
        int type = file.get(INT, at + TYPE);
        boolean sound =
                file.get(INT, at + NUMBER) == number
                        && file.get(INT, at + CRC) == crc(bytes, crc, at, type, number, n);
        return sound ? n : -1;
    }

    static int type(MemorySegment file, long at) {
        return file.get(INT, at + TYPE);
    }

    private static int crc(ByteBuffer bytes, CRC32C crc, long at, int type, int number, int n) {
        crc.reset();
        updateInt(crc, number);
        updateInt(crc, type);
        updateInt(crc, n);
        bytes.limit((int) (at + HEADER_BYTES + n)).position((int) (at + HEADER_BYTES));
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static void updateInt(CRC32C crc, int value) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            crc.update(value >>> shift);
        }
    }
}
