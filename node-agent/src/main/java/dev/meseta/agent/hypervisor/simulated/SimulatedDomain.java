package dev.meseta.agent.hypervisor.simulated;

import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.DomainReason;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.DomainStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A domain on one simulated host. Guarded by the fabric's lock. */
final class SimulatedDomain {

    final DomainDefinition definition;
    final boolean external;
    GuestBehaviour behaviour;
    DomainState state;
    DomainReason reason;
    /** The migration it takes part in, as source or as target. */
    @Nullable SimulatedMigration migration;

    private final List<SimulatedSerialPort> serialPorts = new ArrayList<>();

    SimulatedDomain(
            DomainDefinition definition,
            boolean external,
            GuestBehaviour behaviour,
            DomainState state,
            DomainReason reason) {
        this.definition = definition;
        this.external = external;
        this.behaviour = behaviour;
        this.state = state;
        this.reason = reason;
    }

    /** Whether the guest is on this host; during a migration it is on one of the two. */
    boolean holdsGuest() {
        return state != DomainState.INCOMING && !(state == DomainState.PAUSED && reason == DomainReason.POST_COPY);
    }

    /** @throws UncheckedIOException when the machine has no more file handles */
    ByteChannel openSerialPort() {
        serialPorts.removeIf(port -> !port.isOpen());
        SimulatedSerialPort port = new SimulatedSerialPort(definition.name());
        serialPorts.add(port);
        return port;
    }

    /** It is not on this host any more. */
    void closeSerialPorts() {
        for (SimulatedSerialPort port : serialPorts) {
            try {
                port.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        serialPorts.clear();
    }

    DomainStatus status() {
        return new DomainStatus(
                definition.vmId(),
                definition.name(),
                state,
                reason,
                definition.vcpus(),
                definition.memoryBytes(),
                external);
    }
}
