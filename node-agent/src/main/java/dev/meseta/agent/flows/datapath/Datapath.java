package dev.meseta.agent.flows.datapath;

import dev.meseta.agent.flows.datapath.binding.BpfException;
import dev.meseta.agent.flows.datapath.binding.BpfHandle;
import dev.meseta.agent.flows.datapath.binding.BpfMap;
import dev.meseta.agent.flows.datapath.binding.BpfObject;
import dev.meseta.agent.system.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The programs and maps in the kernel: those that an earlier agent left, or new ones.
 *
 * <p>Maps lie in a folder named by their layout and size, programs are named by what they were compiled from. So a restarted
 * agent opens what is there and loads nothing; an agent with other programs and the same maps goes on with the counters;
 * and one with other maps begins with empty ones and removes the old, with what was counted in them since they were last
 * read (a second, if an agent ran until now).
 */
final class Datapath implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Datapath.class.getName());
    private static final String OBJECT = "flows.bpf.o";
    private static final String FROM_GUEST = "from_guest";
    private static final String TO_GUEST = "to_guest";
    private static final String FLOWS = "flows";
    private static final String LOSSES = "losses";
    private static final String REPORTED = "reported";
    private static final String VNICS = "vnics";
    private static final String PROGRESS = "progress";
    private static final List<String> MAPS = List.of(FLOWS, LOSSES, REPORTED, VNICS, PROGRESS);
    private static final int FINGERPRINT_DIGITS = 12;

    private final BpfHandle fromGuest;
    private final BpfHandle toGuest;
    private final BpfMap flows;
    private final BpfMap losses;
    private final BpfMap reported;
    private final BpfMap vnics;
    private final BpfMap progress;

    private Datapath(Path folder, String fingerprint) {
        fromGuest = BpfHandle.open(folder.resolve(FROM_GUEST + "-" + fingerprint));
        toGuest = BpfHandle.open(folder.resolve(TO_GUEST + "-" + fingerprint));
        flows = BpfMap.open(folder.resolve(FLOWS));
        losses = BpfMap.open(folder.resolve(LOSSES));
        reported = BpfMap.open(folder.resolve(REPORTED));
        vnics = BpfMap.open(folder.resolve(VNICS));
        progress = BpfMap.open(folder.resolve(PROGRESS));
        check(flows, FlowLayout.KEY_SIZE, FlowLayout.FLOW_SIZE);
        check(reported, Long.BYTES, FlowLayout.REPORTED_SIZE);
        check(vnics, Integer.BYTES, FlowLayout.VNIC_SIZE);
        check(progress, Integer.BYTES, FlowLayout.PROGRESS_SIZE);
    }

    private static void check(BpfMap map, int keySize, int valueSize) {
        if (map.keySize() != keySize || map.valueSize() != valueSize) {
            throw new IllegalStateException(
                    "flows.bpf.c and FlowLayout differ: a map has keys of %d and values of %d bytes"
                            .formatted(map.keySize(), map.valueSize()));
        }
    }

    /**
     * Opens what is pinned, or loads it.
     *
     * @param folder where pins are; a BPF file system is mounted when there is none
     * @param size how many flows have room
     * @throws BpfException when libbpf is missing or the kernel refuses
     * @throws UncheckedIOException, dev.meseta.agent.errors.AgentException when the folder cannot be had
     */
    static Datapath open(Path folder, int size, Commands commands) {
        return open(folder, size, compiled(), commands);
    }

    static Datapath open(Path folder, int size, byte[] object, Commands commands) {
        PinFolder pins = PinFolder.open(folder, commands);
        String version = "v%d-%d".formatted(FlowLayout.VERSION, size);
        Path own = pins.inside(version);
        String fingerprint = fingerprint(object);
        if (isComplete(own, fingerprint)) {
            LOG.log(System.Logger.Level.DEBUG, "Goes on with what is pinned in {0}", own);
        } else {
            load(own, size, object, fingerprint);
        }
        Datapath opened = new Datapath(own, fingerprint);
        pins.keepOnly(version);
        return opened;
    }

    private static boolean isComplete(Path folder, String fingerprint) {
        return Stream.concat(MAPS.stream(), Stream.of(FROM_GUEST + "-" + fingerprint, TO_GUEST + "-" + fingerprint))
                .allMatch(name -> Files.exists(folder.resolve(name)));
    }

    private static void load(Path folder, int size, byte[] object, String fingerprint) {
        Set<String> pinned = new HashSet<>(MAPS);
        try (BpfObject loading = BpfObject.open("meseta_flows", object)) {
            loading.setSize(FLOWS, size);
            loading.setSize(REPORTED, size);
            MAPS.forEach(map -> loading.setPin(map, folder.resolve(map)));
            loading.load();
            for (String program : List.of(FROM_GUEST, TO_GUEST)) {
                String name = program + "-" + fingerprint;
                // A life that ended in between may have left one of the two.
                PinFolder.remove(folder.resolve(name));
                loading.pinProgram(program, folder.resolve(name));
                pinned.add(name);
            }
        }
        // Programs of before; taps that have them get the new ones.
        PinFolder.keepOnly(folder, pinned);
        LOG.log(System.Logger.Level.INFO, "Loaded the programs that see the traffic, with room for {0} flows", size);
    }

    static byte[] compiled() {
        try (InputStream stream = Datapath.class.getResourceAsStream(OBJECT)) {
            if (stream == null) {
                throw new IllegalStateException(OBJECT + " is not in this agent's jar; it was built without it");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + OBJECT, e);
        }
    }

    private static String fingerprint(byte[] object) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(object))
                    .substring(0, FINGERPRINT_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    BpfHandle fromGuest() {
        return fromGuest;
    }

    BpfHandle toGuest() {
        return toGuest;
    }

    BpfMap flows() {
        return flows;
    }

    BpfMap losses() {
        return losses;
    }

    BpfMap reported() {
        return reported;
    }

    BpfMap vnics() {
        return vnics;
    }

    BpfMap progress() {
        return progress;
    }

    /** What is pinned stays, and attached programs go on. */
    @Override
    public void close() {
        for (BpfMap map : List.of(flows, losses, reported, vnics, progress)) {
            map.close();
        }
        fromGuest.close();
        toGuest.close();
    }
}
