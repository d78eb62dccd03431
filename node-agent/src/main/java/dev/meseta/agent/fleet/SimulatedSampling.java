package dev.meseta.agent.fleet;

import dev.meseta.agent.host.HostSampling;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.simulated.SimulatedHypervisor;
import dev.meseta.agent.watch.HostSample;
import java.time.InstantSource;

/** Statistics of a simulated host: what its guests have been given, and a quarter of a processor for each of theirs. */
final class SimulatedSampling implements HostSampling {

    private static final double USAGE_PERCENT_OF_VCPU = 25;

    private final SimulatedHypervisor hypervisor;
    private final InstantSource clock;

    SimulatedSampling(SimulatedHypervisor hypervisor, InstantSource clock) {
        this.hypervisor = hypervisor;
        this.clock = clock;
    }

    @Override
    public HostSample sample() {
        long used = 0;
        long vcpus = 0;
        for (DomainStatus domain : hypervisor.truth()) {
            used += domain.memoryBytes();
            vcpus += domain.vcpus();
        }
        return new HostSample(
                clock.instant(),
                Math.min(100, USAGE_PERCENT_OF_VCPU * vcpus / hypervisor.host().cpus()),
                used,
                hypervisor.host().memoryBytes() - used);
    }
}
