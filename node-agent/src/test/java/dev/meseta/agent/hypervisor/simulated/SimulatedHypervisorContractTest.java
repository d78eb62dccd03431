package dev.meseta.agent.hypervisor.simulated;

import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.DomainDefinition.Firmware;
import dev.meseta.agent.hypervisor.HypervisorContractTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

@Tag("unit")
final class SimulatedHypervisorContractTest extends HypervisorContractTest {

    private static final double SPEED = 20;

    private final SimulatedFabric fabric = SimulatedFabric.paced(1, SPEED);
    private final SimulatedHypervisor source = fabric.addHost(SimulatedHost.ofDefaultSize("source", "10.0.0.1"));
    private final SimulatedHypervisor target = fabric.addHost(SimulatedHost.ofDefaultSize("target", "10.0.0.2"));

    @AfterEach
    @Override
    protected void cleanUp() {
        super.cleanUp();
        fabric.close();
    }

    @Override
    protected SimulatedHypervisor source() {
        return source;
    }

    @Override
    protected SimulatedHypervisor target() {
        return target;
    }

    @Override
    protected Path newDisk(UUID diskId) {
        return Path.of("/simulated", diskId.toString());
    }

    @Override
    protected void addBridge(String bridge) {
        // A simulated guest is plugged into nothing.
    }

    @Override
    protected void makeBusy(UUID vmId) {
        source.setBehaviour(vmId, new GuestBehaviour(100 * MEBIBYTE, MEBIBYTE, Duration.ofSeconds(1), true));
    }

    @Override
    protected void startExternal(UUID vmId, String name) {
        source.startExternal(new DomainDefinition(
                vmId, name, 1, MEBIBYTE, Firmware.BIOS, Optional.empty(), List.of(), List.of(), Optional.empty(), 0));
    }

    @Override
    protected void killEmulator(UUID vmId) {
        source.crash(vmId);
    }

    @Override
    protected Path controlSocketOfTarget() {
        return Path.of("/simulated/target.sock");
    }

    @Override
    protected String migrationUriOfTarget() {
        return "tcp://10.0.0.2";
    }

    @Override
    protected Path controlSocketOfSource() {
        return Path.of("/simulated/source.sock");
    }

    @Override
    protected String migrationUriOfSource() {
        return "tcp://10.0.0.1:49152";
    }
}
