package dev.meseta.manager.scheduling;

/** A running guest can only go on where it is run in the same way: on KVM, or emulated. */
public final class AccelerationFilter implements PlacementFilter {

    @Override
    public boolean accepts(HostCapacity host, Demand demand) {
        Boolean required = demand.accelerated();
        return required == null || required == host.accelerated();
    }

    @Override
    public Explanation explain(HostCapacity host, Demand demand) {
        return new Explanation(
                PlacementReason.OTHER_ACCELERATION.name(),
                host.accelerated()
                        ? "The guest is emulated where it runs; %s runs guests on KVM.".formatted(host.name())
                        : "The guest runs on KVM where it is; %s can only emulate.".formatted(host.name()));
    }
}
