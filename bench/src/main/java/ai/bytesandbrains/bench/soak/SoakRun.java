package ai.bytesandbrains.bench.soak;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.Synthetic;
import ai.bytesandbrains.bench.data.TexmexWriter;
import ai.bytesandbrains.bench.node.PeerText;

import org.agrona.CloseHelper;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Nodes as processes on one media driver, which is a process too. One thread kills a node or stops
/// it for a while, starts it again or lets it go on, and waits until it answers; the other asks a
/// node and those it knows, all the time. Where the driver is killed too, asking pauses until there
/// is another one, since whoever asks needs it himself.
public final class SoakRun implements AutoCloseable {

    static final String NETWORK = "soak";
    private static final int ROWS = 200;
    private static final int DIMENSIONS = 16;
    private static final int STOP_EVERY = 3;
    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(60);
    private static final List<String> NODE_OPTIONS =
            List.of("-XX:TieredStopAtLevel=1", "-Xmx128m", "-Dai.bytesandbrains.simd=scalar");

    private final SoakPlan plan;
    private final Class<?> main;
    private final Path folder;
    private final Path directory;
    private final SplittableRandom random;
    private final List<Member> members = new ArrayList<>();
    private final Questions questions;
    private BbProcess driver;
    private int kills;
    private int stops;
    private int driverKills;
    private long longestRecoveryNs;
    private long longestReturnNs;

    /// Prepares a run.
    ///
    /// @param plan what is done
    /// @param main the class of `bb`
    /// @param folder for the nodes' data and what they say on standard error
    /// @param directory of the driver
    /// @throws IOException if the data cannot be written
    public SoakRun(
            final SoakPlan plan, final Class<?> main, final Path folder, final Path directory)
            throws IOException {
        this.plan = plan;
        this.main = main;
        this.folder = folder;
        this.directory = directory;
        random = new SplittableRandom(plan.seed());
        final float[] query;
        try (NativeVectors rows =
                new Synthetic(DIMENSIONS, plan.seed()).draw(ROWS, Synthetic.BASE)) {
            TexmexWriter.vectors(data(), rows);
            query = rows.row(0);
        }
        questions = new Questions(plan, directory.toString(), query, members, random.split());
    }

    /// Starts everything and returns when every node knows all others.
    ///
    /// @throws IOException if a process does not start
    public void start() throws IOException {
        startDriver();
        for (int i = 0; i < plan.nodes(); i++) {
            members.add(new Member(plan.udp() ? freePort() : "ipc/" + (i + 1)));
            startNode(members.get(i));
            members.get(i).up();
        }
        for (final Member member : members) {
            questions.awaitAnswer(member, plan.nodes(), SETTLE_NS);
        }
    }

    /// Harms nodes and asks others for as long as the plan says.
    ///
    /// @return what became of the questions
    /// @throws IOException if a process does not start again
    /// @throws InterruptedException if the thread is interrupted
    public SoakTally run() throws IOException, InterruptedException {
        final long start = System.nanoTime();
        questions.start();
        try {
            while (System.nanoTime() - start < plan.durationNs()) {
                TimeUnit.NANOSECONDS.sleep(plan.everyNs());
                harmNext();
            }
        } finally {
            questions.stop();
        }
        return questions.tally();
    }

    private void startDriver() throws IOException {
        driver =
                BbProcess.start(
                        log(),
                        plan.driverOptions(),
                        main,
                        List.of("driver", "--ipc-dir", directory.toString()));
    }

    private void harmNext() throws IOException, InterruptedException {
        final int harms = kills + stops + driverKills;
        if (plan.driverEvery() > 0 && harms % plan.driverEvery() == plan.driverEvery() - 1) {
            harmDriver();
        } else {
            harm(members.get(random.nextInt(members.size())));
        }
    }

    private void harmDriver() throws IOException, InterruptedException {
        questions.pause();
        members.forEach(Member::down);
        driver.kill();
        restartDriver();
        final long start = System.nanoTime();
        for (final Member member : members) {
            questions.awaitAnswer(member, plan.nodes(), SETTLE_NS);
        }
        longestReturnNs = Math.max(longestReturnNs, System.nanoTime() - start);
        members.forEach(Member::up);
        questions.resume();
        driverKills++;
    }

    /// A driver does not start in the directory of one that was alive a moment ago.
    private void restartDriver() throws IOException, InterruptedException {
        final long start = System.nanoTime();
        boolean started = false;
        while (!started) {
            try {
                startDriver();
                started = true;
            } catch (final IOException e) {
                if (System.nanoTime() - start > SETTLE_NS) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(500);
            }
        }
    }

    private void harm(final Member member) throws IOException, InterruptedException {
        final long start = System.nanoTime();
        long stoodStillNs = 0;
        member.down();
        if ((kills + stops) % STOP_EVERY == STOP_EVERY - 1) {
            member.process().signal("STOP");
            TimeUnit.NANOSECONDS.sleep(plan.stopNs());
            member.process().signal("CONT");
            stoodStillNs = plan.stopNs();
            stops++;
        } else {
            member.process().kill();
            startNode(member);
            kills++;
        }
        questions.awaitAnswer(member, 1, SETTLE_NS);
        longestRecoveryNs = Math.max(longestRecoveryNs, System.nanoTime() - start - stoodStillNs);
        member.up();
    }

    private void startNode(final Member member) throws IOException {
        final List<String> command = new ArrayList<>();
        command.addAll(List.of("node", "--listen", member.address(), "--network", NETWORK));
        command.addAll(List.of("--data", data().toString(), "--period-ms", "100"));
        command.addAll(List.of("--ipc-dir", directory.toString()));
        for (final Member other : members) {
            if (other != member && other.isUp()) {
                command.addAll(List.of("--seed-peer", other.address()));
            }
        }
        member.process(BbProcess.start(log(), NODE_OPTIONS, main, command));
    }

    /// Ends the nodes, waits until the driver has forgotten all that they used, and ends the
    /// driver.
    ///
    /// @return how many files are left over: in the driver's directory when all nodes have gone,
    ///     or the directory itself
    /// @throws IOException if the directory cannot be read
    /// @throws InterruptedException if the thread is interrupted
    public int end() throws IOException, InterruptedException {
        int left = 0;
        for (final Member member : members) {
            left += member.process().end() ? 0 : 1;
        }
        final long start = System.nanoTime();
        while (buffers() > 0 && System.nanoTime() - start < SETTLE_NS) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        left += buffers();
        left += driver.end() ? 0 : 1;
        return left + (Files.exists(directory) ? 1 : 0);
    }

    /// {@return how many streams the driver keeps buffers of}
    private int buffers() throws IOException {
        int count = 0;
        for (final String kind : List.of("publications", "images")) {
            final Path buffers = directory.resolve(kind);
            if (Files.isDirectory(buffers)) {
                try (Stream<Path> files = Files.list(buffers)) {
                    count += (int) files.count();
                }
            }
        }
        return count;
    }

    /// {@return processes killed and started again}
    public int kills() {
        return kills;
    }

    /// {@return processes that stood still and went on}
    public int stops() {
        return stops;
    }

    /// {@return media drivers killed and started again}
    public int driverKills() {
        return driverKills;
    }

    /// {@return the longest time from the start of another driver until every node answered through
    /// it, with all others}
    public long longestReturnNs() {
        return longestReturnNs;
    }

    /// {@return the longest time from a harm until the node answered again, less that in which it
    /// was made to stand still}
    public long longestRecoveryNs() {
        return longestRecoveryNs;
    }

    private Path data() {
        return folder.resolve("base.fvecs");
    }

    private Path log() {
        return folder.resolve("processes.log");
    }

    private static String freePort() throws IOException {
        try (DatagramSocket socket =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return "127.0.0.1:%d/%d".formatted(socket.getLocalPort(), PeerText.DEFAULT_STREAM);
        }
    }

    /// Kills whatever still runs.
    @Override
    public void close() {
        final List<AutoCloseable> all = new ArrayList<>();
        all.add(questions::stop);
        members.forEach(member -> all.add(member.process()));
        all.add(driver);
        CloseHelper.closeAll(all);
    }
}
