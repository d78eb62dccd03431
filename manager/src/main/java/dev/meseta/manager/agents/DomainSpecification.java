package dev.meseta.manager.agents;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A VM as an agent shall run it, made from the inventory alone. */
public record DomainSpecification(
        UUID vmId,
        String name,
        int vcpus,
        long memoryBytes,
        boolean uefi,
        @Nullable String cpuModel,
        List<Disk> disks,
        List<Nic> nics,
        @Nullable CloudInit cloudInit,
        long desiredVersion) {

    public record Disk(UUID diskId, UUID storageDomainId, int index) {}

    public record Nic(UUID nicId, UUID networkId, String macAddress) {}

    /** NoCloud seed. */
    public record CloudInit(UUID storageDomainId, String hostname, List<Address> addresses, String userData) {}

    /**
     * Static address of one NIC.
     *
     * @param address with prefix length
     */
    public record Address(
            String macAddress, String address, @Nullable String gateway, int mtu) {}
}
