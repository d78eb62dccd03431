package dev.meseta.manager.lifecycle;

import dev.meseta.manager.agents.DomainSpecification;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.network.Networks;
import dev.meseta.manager.storage.Storage;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.springframework.stereotype.Component;

/**
 * Makes what an agent shall run from what the inventory holds, and from nothing else: for a start, and for the target of
 * a migration.
 */
@Component
public final class VmSpecifications {

    private static final int LONGEST_HOST_NAME = 63;

    private final Clusters clusters;
    private final Storage storage;
    private final Networks networks;

    public VmSpecifications(Clusters clusters, Storage storage, Networks networks) {
        this.clusters = clusters;
        this.storage = storage;
        this.networks = networks;
    }

    /** Reads disks and NICs as they are now. */
    public DomainSpecification of(Vm vm) {
        List<Storage.Disk> disks = storage.disksOf(vm.id()).stream()
                .sorted(Comparator.comparingInt(Storage.Disk::index))
                .toList();
        List<Networks.Nic> nics = networks.nicsOf(vm.id()).stream()
                .sorted(Comparator.comparingInt(Networks.Nic::index))
                .toList();
        return new DomainSpecification(
                vm.id(),
                vm.name(),
                vm.vcpus(),
                vm.memoryBytes(),
                vm.firmware() == Vm.Firmware.UEFI,
                clusters.require(vm.clusterId()).cpuModel(),
                disks.stream()
                        .map(disk -> new DomainSpecification.Disk(disk.id(), disk.storageDomainId(), disk.index()))
                        .toList(),
                nics.stream()
                        .map(nic -> new DomainSpecification.Nic(nic.id(), nic.networkId(), nic.macAddress()))
                        .toList(),
                // The seed lives beside the disk the guest boots from; a VM without disks has nobody to read it.
                disks.isEmpty()
                        ? null
                        : new DomainSpecification.CloudInit(
                                disks.getFirst().storageDomainId(),
                                hostname(vm.name()),
                                nics.stream().map(this::address).toList(),
                                vm.userData()),
                vm.version());
    }

    private DomainSpecification.Address address(Networks.Nic nic) {
        Networks.Network network = networks.require(nic.networkId());
        return new DomainSpecification.Address(nic.macAddress(), nic.address(), network.gateway(), network.mtu());
    }

    /** A VM's name as a host name may be written: letters, digits and inner hyphens. */
    static String hostname(String name) {
        String hyphenated = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        String trimmed = hyphenated.replaceAll("^-+|-+$", "");
        return trimmed.isEmpty() ? "vm" : trimmed.substring(0, Math.min(trimmed.length(), LONGEST_HOST_NAME));
    }
}
