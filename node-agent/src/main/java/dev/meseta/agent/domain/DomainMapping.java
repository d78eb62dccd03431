package dev.meseta.agent.domain;

import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.network.Bridge;
import dev.meseta.agent.network.Networks;
import dev.meseta.agent.storage.SharedDirectories;
import java.util.Comparator;
import java.util.List;

/** Translates the inventory's terms into this host's: which path a disk is, which bridge a network. */
public final class DomainMapping {

    private final SharedDirectories storage;
    private final Networks networks;

    public DomainMapping(SharedDirectories storage, Networks networks) {
        this.storage = storage;
        this.networks = networks;
    }

    /**
     * The domain on this host. Paths and bridge names are the same on every host of a data center, so the target of a
     * migration is defined in the same terms.
     *
     * @throws dev.meseta.agent.errors.AgentException STORAGE_UNAVAILABLE or NOT_FOUND when a disk's storage domain or a
     *     network has not been made ready here
     */
    public DomainDefinition define(DomainSpecification specification) {
        List<DomainDefinition.Disk> disks = specification.disks().stream()
                .sorted(Comparator.comparingInt(DomainSpecification.Disk::index))
                .map(disk -> new DomainDefinition.Disk(
                        disk.diskId(), storage.require(disk.storageDomainId()).disk(disk.diskId())))
                .toList();
        List<DomainDefinition.Nic> nics = specification.nics().stream()
                .map(nic -> {
                    Bridge bridge = networks.require(nic.networkId());
                    return new DomainDefinition.Nic(
                            nic.nicId(), nic.networkId(), nic.macAddress(), bridge.name(), bridge.mtu());
                })
                .toList();
        return new DomainDefinition(
                specification.vmId(),
                specification.name(),
                specification.vcpus(),
                specification.memoryBytes(),
                specification.firmware(),
                specification.cpuModel(),
                disks,
                nics,
                specification
                        .cloudInit()
                        .map(cloudInit ->
                                storage.require(cloudInit.storageDomainId()).seed(specification.vmId())),
                specification.desiredVersion());
    }
}
