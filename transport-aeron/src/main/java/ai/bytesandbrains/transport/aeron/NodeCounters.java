package ai.bytesandbrains.transport.aeron;

import io.aeron.CncFileDescriptor;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.IoUtil;
import org.agrona.concurrent.status.CountersReader;

import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads what the nodes of a media driver count, from any process that may read the driver's
/// directory. Aeron's own tools (AeronStat) show the same counters.
public final class NodeCounters {

    private NodeCounters() {}

    /// Reads the counters of all nodes on a driver. Allocates.
    ///
    /// @param aeronDirectory the driver's directory
    /// @return values by label, which begins with `bb-node-` and the first digits of the identity
    /// @throws IllegalStateException if there is no driver's file, or one of another version
    public static SortedMap<String, Long> read(Path aeronDirectory) {
        Path file = aeronDirectory.resolve(CncFileDescriptor.CNC_FILE);
        if (!AeronDirectories.hasDriver(aeronDirectory)) {
            throw new IllegalStateException(
                    "aeronDirectory=" + aeronDirectory + ": no media driver works there");
        }
        MappedByteBuffer mapped =
                IoUtil.mapExistingFile(
                        file.toFile(), FileChannel.MapMode.READ_ONLY, CncFileDescriptor.CNC_FILE);
        try {
            DirectBuffer metaData = CncFileDescriptor.createMetaDataBuffer(mapped);
            CncFileDescriptor.checkVersion(metaData.getInt(CncFileDescriptor.cncVersionOffset(0)));
            CountersReader reader =
                    new CountersReader(
                            CncFileDescriptor.createCountersMetaDataBuffer(mapped, metaData),
                            CncFileDescriptor.createCountersValuesBuffer(mapped, metaData));
            SortedMap<String, Long> found = new TreeMap<>();
            reader.forEach(
                    (id, type, key, label) -> {
                        if (type == NodeGauges.COUNTER_TYPE) {
                            found.put(label, reader.getCounterValue(id));
                        }
                    });
            return found;
        } finally {
            BufferUtil.free(mapped);
        }
    }
}
