package dev.meseta.agent.hypervisor;

import java.util.List;

/**
 * What the host is.
 *
 * @param bootId new at every start of the operating system
 * @param conditions what an administrator should know, e.g. why KVM is not used
 */
public record HostFacts(
        String hostname,
        String bootId,
        String kernelVersion,
        String hypervisorVersion,
        String emulatorVersion,
        int cpus,
        String cpuModel,
        long memoryBytes,
        Acceleration acceleration,
        List<Condition> conditions) {

    public HostFacts {
        conditions = List.copyOf(conditions);
    }

    public enum Acceleration {
        KVM,
        TCG
    }

    /** A stable code and a sentence. */
    public record Condition(String code, String message) {}
}
