package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.engine.gossip.ExchangeFactory;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossip.GossipMode;
import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.sim.Scenario;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/// The options of `bb sim`, as a mixin. [#scenario()] checks them.
public final class SimOptions {
    private static final int CLASSIC_VIEW = 20;
    private static final int BASALT_VIEW = 100;

    /// How the partner of an exchange is chosen.
    public enum Select {
        /// The one not heard of for longest.
        TAIL,
        /// Any.
        UNIFORM,
        /// The older the likelier.
        WEIGHTED
    }

    /// What views are made of.
    public enum Exchange {
        /// Healing and swap.
        CLASSIC,
        /// Ranks that attackers cannot choose.
        BASALT
    }

    /// Which way views travel.
    public enum Mode {
        /// To the partner.
        PUSH,
        /// From the partner.
        PULL,
        /// Both.
        PUSHPULL
    }

    /// What messages are while they travel.
    public enum Wire {
        /// The simulator's own short form.
        COMPACT,
        /// The bytes of the real wire format.
        SBE
    }

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Number of nodes (default: 10000).")
    private int nodes;

    @Option(
            names = "--cycles",
            paramLabel = "N",
            defaultValue = "100",
            description = "Periods to run (default: 100).")
    private int cycles;

    @Option(
            names = "--view",
            paramLabel = "C",
            description = "Peers in a view (default: 20; Basalt: 100).")
    private Integer view;

    @Option(
            names = "--healing",
            paramLabel = "H",
            description = "Oldest entries a merge removes first (default: a tenth of the view).")
    private Integer healing;

    @Option(
            names = "--swap",
            paramLabel = "S",
            description = "Sent entries a merge removes next (default: half the view less H).")
    private Integer swap;

    @Option(
            names = "--select",
            paramLabel = "tail|uniform|weighted",
            converter = LowerCase.OfSelect.class,
            description = "Whom to exchange with (default: tail; Basalt: the one met least).")
    private Select select;

    @Option(
            names = "--exchange",
            paramLabel = "classic|basalt",
            defaultValue = "classic",
            converter = LowerCase.OfExchange.class,
            description = "What views are made of (default: classic).")
    private Exchange exchange;

    @Option(
            names = "--mode",
            paramLabel = "push|pull|pushpull",
            defaultValue = "pushpull",
            converter = LowerCase.OfMode.class,
            description = "Which way views travel (default: pushpull).")
    private Mode mode;

    @Option(
            names = "--reserve",
            paramLabel = "N",
            defaultValue = "32",
            description = "Evicted peers that a node keeps (default: 32).")
    private int reserve;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Decides everything left to chance (default: 42).")
    private long seed;

    @Option(
            names = "--wire",
            paramLabel = "compact|sbe",
            defaultValue = "compact",
            converter = LowerCase.OfWire.class,
            description = "What travels: a short form or the real bytes (default: compact).")
    private Wire wire;

    @Option(
            names = "--draws",
            description = "Count the distinct peers that up to 1000 nodes draw, one in a cycle.")
    private boolean draws;

    @Option(
            names = "--picture",
            paramLabel = "FILE.png",
            description = "Draw the in-degrees and what happened cycle by cycle.")
    private Path picture;

    @Mixin private SimFaultOptions faults;

    /// Made by picocli, which fills the fields.
    public SimOptions() {}

    /// What the options ask for.
    ///
    /// @return the experiment
    /// @throws UsageException with the name, the value and what is allowed, on one line
    public Scenario scenario() {
        if (picture != null && !picture.toString().endsWith(".png")) {
            throw new UsageException(
                    "--picture " + picture + ": expected a name that ends in .png");
        }
        try {
            return faults.scenario(gossip(), nodes, cycles, seed);
        } catch (final IllegalArgumentException e) {
            throw new UsageException(e.getMessage(), e);
        }
    }

    /// What messages are while they travel.
    ///
    /// @return the form
    public Wire wire() {
        return wire;
    }

    /// What views are made of.
    ///
    /// @return the exchange
    public Exchange exchange() {
        return exchange;
    }

    /// Whether draws are counted.
    ///
    /// @return true with `--draws`
    public boolean draws() {
        return draws;
    }

    /// Where to draw the picture.
    ///
    /// @return the file; null for none
    public Path picture() {
        return picture;
    }

    private GossipConfig gossip() {
        final boolean basalt = exchange == Exchange.BASALT;
        final int c = view != null ? view : basalt ? BASALT_VIEW : CLASSIC_VIEW;
        final GossipConfig base = basalt ? GossipConfig.basalt(c) : classic(c);
        return new GossipConfig(
                base.viewSize(),
                base.healing(),
                base.swap(),
                select == null ? base.selector() : selector(),
                gossipMode(),
                base.periodNs(),
                base.requestTimeoutNs(),
                base.retryTimeNs(),
                base.maxConcurrentRequests(),
                reserve,
                base.exchangesPerPeriod(),
                base.joinsPerPeriod(),
                base.maxSeeds(),
                basalt ? base.exchange() : ExchangeFactory.randomized());
    }

    private GossipConfig classic(final int c) {
        final int half = c / 2;
        final int s =
                swap != null ? swap : Math.max(0, half - (healing != null ? healing : c / 10));
        final int h = healing != null ? healing : Math.clamp(half - s, 0, c / 10);
        return GossipConfig.defaults().withView(c, h, s);
    }

    private PeerSelector selector() {
        return switch (select) {
            case TAIL -> PeerSelector.TAIL;
            case UNIFORM -> PeerSelector.UNIFORM;
            case WEIGHTED -> PeerSelector.WEIGHTED;
        };
    }

    private GossipMode gossipMode() {
        return switch (mode) {
            case PUSH -> GossipMode.PUSH;
            case PULL -> GossipMode.PULL;
            case PUSHPULL -> GossipMode.PUSH_PULL;
        };
    }
}
