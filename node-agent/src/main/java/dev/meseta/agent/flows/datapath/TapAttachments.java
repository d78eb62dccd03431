package dev.meseta.agent.flows.datapath;

import dev.meseta.agent.errors.Failures;
import dev.meseta.agent.flows.Vnics;
import dev.meseta.agent.flows.datapath.binding.BpfException;
import dev.meseta.agent.flows.datapath.binding.BpfHandle;
import dev.meseta.agent.flows.datapath.binding.ErrorNumbers;
import dev.meseta.agent.flows.datapath.binding.NetworkDevices;
import dev.meseta.agent.flows.datapath.binding.TrafficHook;
import dev.meseta.agent.flows.datapath.binding.TrafficHook.Direction;
import dev.meseta.agent.hypervisor.Hypervisor;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.Vnic;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps the programs attached to every tap of Meseta, and finds out whose each is. For one thread, but for {@link #trouble}.
 *
 * <p>A tap is recognized by its name alone, so that the programs are there before anybody has been asked: within
 * milliseconds of the kernel's news of the device. libvirt makes the tap before it starts QEMU, and the guest's firmware
 * needs longer than that to send anything; the target of a migration has its tap long before the guest runs there. So no
 * packet of a guest passes unseen, unless this host is so busy that the news waits for longer than a guest needs to start,
 * or no agent runs at that time: taps made meanwhile are attached to when one does.
 *
 * <p>Whose a tap is, the hypervisor says, and it is noted beside the counters: then flows of a tap that went away while no
 * agent ran still find their owner. The note goes with the last of them.
 */
final class TapAttachments {

    private static final System.Logger LOG = System.getLogger(TapAttachments.class.getName());
    private static final long VERIFY_EVERY_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long NIC_ID = 16;
    private static final long NETWORK_ID = 32;

    private final Datapath datapath;
    private final TrafficHook hook;
    private final Hypervisor hypervisor;
    private final Executor executor;
    private final Vnics vnics;
    private final int fromGuestId;
    private final int toGuestId;
    private final Map<Integer, String> attached = new HashMap<>();
    private final Set<Integer> noted = new HashSet<>();
    private final AtomicBoolean asking = new AtomicBoolean();
    private final AtomicReference<Map<String, Vnic>> answer = new AtomicReference<>(Map.of());
    private volatile Optional<String> trouble = Optional.empty();
    private long verifiedAt;

    /** @param executor where the hypervisor is asked */
    TapAttachments(Datapath datapath, TrafficHook hook, Hypervisor hypervisor, Executor executor, Vnics vnics) {
        this.datapath = datapath;
        this.hook = hook;
        this.hypervisor = hypervisor;
        this.executor = executor;
        this.vnics = vnics;
        this.fromGuestId = datapath.fromGuest().id();
        this.toGuestId = datapath.toGuest().id();
        datapath.vnics().forEach(this::recall);
    }

    private void recall(MemorySegment key, MemorySegment value) {
        int index = key.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
        var nicId = FlowLayout.uuid(value, NIC_ID);
        noted.add(index);
        vnics.identify(
                index,
                new Vnic(FlowLayout.uuid(value, 0), nicId, FlowLayout.uuid(value, NETWORK_ID), Vnic.tapOf(nicId)));
    }

    /** Why some tap is not seen; empty when all are. */
    Optional<String> trouble() {
        return trouble;
    }

    /** Compares taps with what is known of them. Cheap when nothing has changed. */
    void look() {
        Map<Integer, String> taps = NetworkDevices.all();
        taps.values().removeIf(name -> !Vnic.isTap(name));
        long now = System.nanoTime();
        if (now - verifiedAt > VERIFY_EVERY_NANOS) {
            // Somebody may have taken our programs off; nobody tells.
            verifiedAt = now;
            attached.clear();
        }
        Optional<String> found = Optional.empty();
        for (Map.Entry<Integer, String> tap : taps.entrySet()) {
            if (!tap.getValue().equals(attached.get(tap.getKey()))) {
                Optional<String> refused = attach(tap.getKey(), tap.getValue());
                found = refused.isPresent() ? refused : found;
            }
        }
        trouble = found;
        depart(taps);
        identify(taps);
    }

    private Optional<String> attach(int index, String name) {
        try {
            boolean before = ensure(index, Direction.INGRESS, datapath.fromGuest(), fromGuestId);
            boolean both = ensure(index, Direction.EGRESS, datapath.toGuest(), toGuestId) || before;
            attached.put(index, name);
            vnics.present(index);
            if (both) {
                LOG.log(System.Logger.Level.INFO, "Sees the traffic of {0}", name);
            }
            return Optional.empty();
        } catch (BpfException e) {
            if (e.code() == ErrorNumbers.NO_DEVICE) {
                LOG.log(System.Logger.Level.DEBUG, "{0} was gone before it was seen", name);
                return Optional.empty();
            }
            String reason = name + ": " + e.getMessage();
            if (!trouble.equals(Optional.of(reason))) {
                LOG.log(System.Logger.Level.WARNING, "Traffic is not seen at {0}", reason);
            }
            return Optional.of(reason);
        }
    }

    /** Whether something had to be done. */
    private boolean ensure(int index, Direction direction, BpfHandle program, int programId) {
        if (hook.attached(index, direction).equals(OptionalInt.of(programId))) {
            return false;
        }
        hook.prepare(index);
        hook.attach(index, direction, program);
        return true;
    }

    private void depart(Map<Integer, String> taps) {
        Set<Integer> gone = new HashSet<>(attached.keySet());
        gone.addAll(noted);
        gone.removeAll(taps.keySet());
        for (int index : gone) {
            attached.remove(index);
            vnics.gone(index);
            // Known until its flows have been told of.
            if (vnics.find(index).isEmpty() && noted.remove(index)) {
                try (Arena arena = Arena.ofConfined()) {
                    boolean unused = datapath.vnics().remove(arena.allocateFrom(ValueLayout.JAVA_INT, index));
                }
            }
        }
    }

    private void identify(Map<Integer, String> taps) {
        boolean unknown = false;
        Map<String, Vnic> known = answer.get();
        for (Map.Entry<Integer, String> tap : taps.entrySet()) {
            if (vnics.find(tap.getKey())
                    .filter(vnic -> vnic.tap().equals(tap.getValue()))
                    .isEmpty()) {
                Vnic vnic = known.get(tap.getValue());
                if (vnic == null) {
                    unknown = true;
                } else {
                    note(tap.getKey(), vnic);
                }
            }
        }
        if (unknown && asking.compareAndSet(false, true)) {
            executor.execute(this::ask);
        }
    }

    private void note(int index, Vnic vnic) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(FlowLayout.VNIC_SIZE, Long.BYTES);
            FlowLayout.write(vnic.vmId(), value, 0);
            FlowLayout.write(vnic.nicId(), value, NIC_ID);
            FlowLayout.write(vnic.networkId(), value, NETWORK_ID);
            datapath.vnics().put(arena.allocateFrom(ValueLayout.JAVA_INT, index), value);
        }
        noted.add(index);
        vnics.identify(index, vnic);
    }

    /** Not on the thread that reads: the hypervisor may take its time. The answer is used at the next look. */
    private void ask() {
        try {
            Map<String, Vnic> byTap = new HashMap<>();
            hypervisor.vnics().forEach(vnic -> byTap.put(vnic.tap(), vnic));
            answer.set(byTap);
        } catch (HypervisorException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The hypervisor does not tell whose taps are here: {0}",
                    Failures.of(e).detail());
        } finally {
            asking.set(false);
        }
    }
}
