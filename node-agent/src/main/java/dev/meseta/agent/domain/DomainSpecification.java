package dev.meseta.agent.domain;

import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.hypervisor.DomainDefinition.Firmware;
import dev.meseta.agent.storage.CloudInit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A VM in the inventory's terms: disks and networks by id, nothing of a host in it. What cannot be meant is refused here,
 * before anything is done.
 */
public record DomainSpecification(
        UUID vmId,
        String name,
        int vcpus,
        long memoryBytes,
        Firmware firmware,
        Optional<String> cpuModel,
        List<Disk> disks,
        List<Nic> nics,
        Optional<CloudInit> cloudInit,
        long desiredVersion) {

    private static final int MAXIMUM_NAME = 255;
    private static final long MINIMUM_MEMORY_BYTES = 1 << 20;
    private static final Pattern CPU_MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern MAC_ADDRESS = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");

    public DomainSpecification {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        if (name.isBlank() || name.length() > MAXIMUM_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw AgentException.validation("A VM's name has 1 to 255 characters and no control characters");
        }
        if (vcpus < 1) {
            throw AgentException.validation("vcpus must be at least 1, but is " + vcpus);
        }
        if (memoryBytes < MINIMUM_MEMORY_BYTES) {
            throw AgentException.validation("memory_bytes must be at least 1 MiB, but is " + memoryBytes);
        }
        cpuModel.ifPresent(model -> {
            if (!CPU_MODEL.matcher(model).matches()) {
                throw AgentException.validation("cpu_model is not the name of a CPU model");
            }
        });
    }

    /** @param index order on the bus; 0 is booted from */
    public record Disk(UUID diskId, UUID storageDomainId, int index) {}

    public record Nic(UUID nicId, UUID networkId, String macAddress) {

        public Nic {
            if (!MAC_ADDRESS.matcher(macAddress).matches()) {
                throw AgentException.validation(
                        "mac_address of NIC " + nicId + " is not of the form aa:bb:cc:dd:ee:ff");
            }
        }
    }
}
