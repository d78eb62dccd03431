package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.DomainEventDispatcher;
import dev.meseta.agent.hypervisor.DomainReason;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtConnection;
import dev.meseta.agent.hypervisor.libvirt.binding.LifecycleEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Turns libvirt's events into the interface's. Everything but {@link #expect} and {@link #forget} happens on the driver's
 * one worker thread, in the order of libvirt's events.
 */
final class DomainTracker {

    private final DomainEventDispatcher events;
    private final Map<UUID, DomainStatus> last = new HashMap<>();
    // What is being started: its event may be read after the domain has ended again.
    private final Map<UUID, DomainStatus> expected = new ConcurrentHashMap<>();
    private boolean first = true;

    DomainTracker(DomainEventDispatcher events) {
        this.events = events;
    }

    void expect(DomainDefinition definition) {
        expected.put(
                definition.vmId(),
                new DomainStatus(
                        definition.vmId(),
                        definition.name(),
                        DomainState.RUNNING,
                        DomainReason.NONE,
                        definition.vcpus(),
                        definition.memoryBytes(),
                        false));
    }

    void forget(UUID vmId) {
        expected.remove(vmId);
    }

    /**
     * Compares what runs with what listeners know. The first time there is nobody to tell.
     *
     * @return what runs
     */
    List<DomainStatus> takeStock(LibvirtConnection connection) {
        List<DomainStatus> here = DomainReader.all(connection);
        Set<UUID> present = new HashSet<>();
        for (DomainStatus status : here) {
            present.add(status.vmId());
            last.put(status.vmId(), status);
            if (first) {
                events.remember(status);
            } else {
                events.publish(status);
            }
        }
        List<DomainStatus> vanished = last.values().stream()
                .filter(status -> !present.contains(status.vmId()))
                .toList();
        // libvirt does not tell afterwards why a transient domain ended.
        vanished.forEach(status -> publish(LifecycleTranslator.with(status, DomainState.GONE, DomainReason.NONE)));
        first = false;
        return here;
    }

    /** @param read asks libvirt for a domain's status now */
    void handle(LifecycleEvent event, Function<UUID, Optional<DomainStatus>> read) {
        DomainStatus known = last.get(event.uuid());
        if (event.type() == LifecycleEvent.STARTED || known == null) {
            known = describe(event, read).orElse(null);
        }
        if (known != null) {
            LifecycleTranslator.next(known, event).ifPresent(this::publish);
        }
    }

    private Optional<DomainStatus> describe(LifecycleEvent event, Function<UUID, Optional<DomainStatus>> read) {
        // libvirt tells of a fresh domain twice: its processors were let run, then it was started.
        DomainStatus own =
                event.type() == LifecycleEvent.STARTED ? expected.remove(event.uuid()) : expected.get(event.uuid());
        if (own != null) {
            return Optional.of(own);
        }
        return read.apply(event.uuid());
    }

    private void publish(DomainStatus status) {
        if (status.state() == DomainState.GONE) {
            last.remove(status.vmId());
        } else {
            last.put(status.vmId(), status);
        }
        events.publish(status);
    }
}
