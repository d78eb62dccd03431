package dev.meseta.manager.scheduling;

import java.util.UUID;

/** When one host was asked for, no other will do. */
public final class RequiredHostFilter implements PlacementFilter {

    @Override
    public boolean accepts(HostCapacity host, Demand demand) {
        UUID required = demand.requiredHostId();
        return required == null || required.equals(host.id());
    }

    @Override
    public Explanation explain(HostCapacity host, Demand demand) {
        return new Explanation(
                PlacementReason.OTHER_HOST_REQUIRED.name(),
                "Another host than %s was asked for: %s.".formatted(host.name(), demand.requiredHostId()));
    }
}
