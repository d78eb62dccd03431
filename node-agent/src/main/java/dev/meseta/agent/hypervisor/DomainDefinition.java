package dev.meseta.agent.hypervisor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A domain in the host's own terms: every disk is a path, every network a bridge.
 *
 * @param cpuModel a named CPU model, or empty for the driver's default
 * @param seed read-only cloud-init disk
 * @param desiredVersion version of the desired state it was made from; kept in the domain's metadata
 */
public record DomainDefinition(
        UUID vmId,
        String name,
        int vcpus,
        long memoryBytes,
        Firmware firmware,
        Optional<String> cpuModel,
        List<Disk> disks,
        List<Nic> nics,
        Optional<Path> seed,
        long desiredVersion) {

    public DomainDefinition {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
    }

    public enum Firmware {
        BIOS,
        UEFI
    }

    /** A qcow2 disk on virtio, in the order of the list. */
    public record Disk(UUID diskId, Path path) {}

    /**
     * A virtio interface in a bridge of this host.
     *
     * @param networkId whose bridge it is
     */
    public record Nic(UUID nicId, UUID networkId, String macAddress, String bridge, int mtu) {

        /** The network device that this host shall have for it; see {@link Vnic#tapOf}. */
        public String tap() {
            return Vnic.tapOf(nicId);
        }
    }
}
