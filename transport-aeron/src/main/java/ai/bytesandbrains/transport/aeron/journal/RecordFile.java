package ai.bytesandbrains.transport.aeron.journal;

import net.openhft.chronicle.bytes.MappedBytes;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.CRC32C;

/// A file of records that only grows, mapped into memory: what has been appended is there for the
/// next process, wherever this one is killed. What the operating system has not written yet goes
/// with the machine's power; [#force] waits until it has.
///
/// Opening finds the last sound record and cuts off what follows. A lock beside the file, held
/// until [#close], keeps a second writer out.
///
/// Single-threaded. [#begin] and [#commit] allocate nothing but when the file has to grow, which
/// it does by a quarter of zeros, 64 KiB to 1 MiB: a disk that is full is an exception there, no
/// fault of the mapping later.
final class RecordFile implements AutoCloseable {
    static final int GROWTH_BYTES = 1 << 16;

    private static final int MAX_GROWTH_BYTES = 1 << 20;

    /// What fits an int's worth of offsets.
    private static final long MAX_BYTES = Integer.MAX_VALUE - 2L * MAX_GROWTH_BYTES;

    private final Path path;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final CRC32C crc = new CRC32C();
    private MappedBytes mapped;
    private MemorySegment segment;
    private ByteBuffer buffer;
    private long end;
    private int records;
    private int open;

    private RecordFile(Path path) throws IOException {
        this.path = path;
        lockFile = FileChannel.open(beside(path, ".lock"), ownersOnly(), attributes());
        try {
            lock = tryLock();
            if (lock == null) {
                throw new IOException("journal=" + path + " is in use");
            }
            recover();
        } catch (IOException | RuntimeException e) {
            unmap();
            lockFile.close();
            throw e;
        }
    }

    /// Opens a journal, or makes one.
    ///
    /// @throws IOException if it is in use, is something else, or of another version
    static RecordFile open(Path path) throws IOException {
        return new RecordFile(path);
    }

    static Path beside(Path path, String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /// Hears of records.
    interface Reader {
        /// Hears of one.
        ///
        /// @param type of the record
        /// @param payload the bytes, valid during the call
        void onRecord(int type, MemorySegment payload) throws IOException;
    }

    /// Tells all records that there are.
    void read(Reader reader) throws IOException {
        long at = RecordLayout.FILE_HEADER_BYTES;
        while (at < end) {
            int length = segment.get(RecordLayout.INT, at);
            reader.onRecord(
                    RecordLayout.type(segment, at),
                    segment.asSlice(at + RecordLayout.HEADER_BYTES, length).asReadOnly());
            at += RecordLayout.stride(length);
        }
    }

    /// Makes room for a record; returns where in [#segment] its payload goes.
    long begin(int length) throws IOException {
        if (length < 1 || length > RecordLayout.MAX_PAYLOAD) {
            throw new IllegalArgumentException("length=" + length);
        }
        long needed = end + RecordLayout.stride(length);
        if (needed > segment.byteSize()) {
            grow(needed);
        }
        open = length;
        return end + RecordLayout.HEADER_BYTES;
    }

    MemorySegment segment() {
        return segment;
    }

    /// Makes a record of what was written since [#begin].
    void commit(int type) {
        RecordLayout.seal(segment, buffer, crc, end, type, records, open);
        end += RecordLayout.stride(open);
        records++;
        open = 0;
    }

    /// Bytes up to the end of the last record.
    long size() {
        return end;
    }

    int records() {
        return records;
    }

    /// Waits until all records are on the disk.
    void force() throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        if (segment != null) {
            unmap();
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(end);
            }
            lockFile.close();
        }
    }

    private FileLock tryLock() throws IOException {
        try {
            return lockFile.tryLock();
        } catch (OverlappingFileLockException _) {
            // Another one in this process has it.
            return null;
        }
    }

    private void recover() throws IOException {
        long length = Files.exists(path) ? Files.size(path) : 0;
        if (length > MAX_BYTES) {
            throw new IOException("journal=%s is too long: %d bytes".formatted(path, length));
        }
        if (isUnfinished(length)) {
            create();
            return;
        }
        // Before it is mapped, which would make it longer.
        String problem = RecordLayout.fileProblem(firstBytes(RecordLayout.FILE_HEADER_BYTES));
        if (problem != null) {
            throw new IOException("journal=%s %s".formatted(path, problem));
        }
        map(length);
        end = RecordLayout.FILE_HEADER_BYTES;
        int payload = RecordLayout.soundLength(segment, buffer, crc, end, records);
        while (payload > 0) {
            end += RecordLayout.stride(payload);
            records++;
            payload = RecordLayout.soundLength(segment, buffer, crc, end, records);
        }
        cut();
    }

    /// Whether there is nothing, or no more than what a process leaves that ends before it has
    /// written the header.
    private boolean isUnfinished(long length) throws IOException {
        if (length > GROWTH_BYTES) {
            return false;
        }
        byte[] bytes = firstBytes((int) length).toArray(ValueLayout.JAVA_BYTE);
        MemorySegment header = MemorySegment.ofArray(new byte[RecordLayout.FILE_HEADER_BYTES]);
        RecordLayout.writeFileHeader(header);
        boolean torn = length < RecordLayout.FILE_HEADER_BYTES;
        for (int i = 0; i < bytes.length; i++) {
            boolean expected = torn && bytes[i] == header.get(ValueLayout.JAVA_BYTE, i);
            if (bytes[i] != 0 && !expected) {
                return false;
            }
        }
        return true;
    }

    private MemorySegment firstBytes(int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        if (count > 0) {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                int read = 0;
                while (read >= 0 && bytes.hasRemaining()) {
                    read = channel.read(bytes);
                }
            }
        }
        return MemorySegment.ofArray(bytes.array()).asSlice(0, bytes.position());
    }

    private void create() throws IOException {
        extend(0, GROWTH_BYTES);
        map(GROWTH_BYTES);
        RecordLayout.writeFileHeader(segment);
        end = RecordLayout.FILE_HEADER_BYTES;
    }

    /// Cuts off what follows the last sound record, and makes room for more.
    private void cut() throws IOException {
        unmap();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(end);
        }
        long length = roundUp(end + 1);
        extend(end, length);
        map(length);
    }

    private void grow(long needed) throws IOException {
        long more = Math.min(segment.byteSize() / 4, MAX_GROWTH_BYTES);
        long length = roundUp(needed + more);
        if (length > MAX_BYTES) {
            throw new IOException("journal=%s would be too long: %d".formatted(path, length));
        }
        extend(segment.byteSize(), length);
        unmap();
        map(length);
    }

    private static long roundUp(long bytes) {
        return (bytes + GROWTH_BYTES - 1) / GROWTH_BYTES * GROWTH_BYTES;
    }

    private void extend(long from, long to) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
        try (FileChannel channel = FileChannel.open(path, ownersOnly(), attributes())) {
            for (long at = from; at < to; ) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), to - at));
                at += channel.write(zeros, at);
            }
        }
    }

    /// The segment lives as long as the mapping, which is not left open by anything but a crash.
    @SuppressWarnings("restricted")
    private void map(long length) throws IOException {
        try {
            mapped = MappedBytes.singleMappedBytes(path.toFile(), length);
        } catch (AssertionError | LinkageError e) {
            // It reaches into the JDK, and says so in its own way when it may not.
            throw new IOException(
                    "journal=%s cannot be mapped: are chronicle-bytes and its JVM flags there?"
                            .formatted(path),
                    e);
        }
        segment = MemorySegment.ofAddress(mapped.addressForRead(0)).reinterpret(length);
        buffer = segment.asByteBuffer();
    }

    private void unmap() {
        if (mapped != null) {
            segment = null;
            buffer = null;
            mapped.releaseLast();
            mapped = null;
        }
    }

    private static Set<StandardOpenOption> ownersOnly() {
        return Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static FileAttribute<?>[] attributes() {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
