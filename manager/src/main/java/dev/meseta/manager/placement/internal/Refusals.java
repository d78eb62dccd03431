package dev.meseta.manager.placement.internal;

import dev.meseta.manager.placement.Placement.PlacementRequest;
import dev.meseta.manager.scheduling.PlacementFilter.Explanation;
import dev.meseta.manager.scheduling.PlacementReason;
import dev.meseta.manager.scheduling.Scheduler.RankedHost;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Says that there is no host, and of each why not. */
final class Refusals {

    private static final int HOSTS_IN_MESSAGE = 5;
    private static final long MIB = 1L << 20;
    private static final Set<String> CAPACITY =
            Set.of(PlacementReason.NOT_ENOUGH_MEMORY.name(), PlacementReason.NOT_ENOUGH_VCPUS.name());

    private Refusals() {}

    static MesetaException of(PlacementRequest request, List<RankedHost> ranked) {
        List<RankedHost> meant = meant(request, ranked);
        boolean onlyFull = meant.stream()
                .anyMatch(host -> !host.accepted()
                        && host.reasons().stream().map(Explanation::code).allMatch(CAPACITY::contains));
        boolean outrun = ranked.stream().anyMatch(RankedHost::accepted);
        List<FieldError> reasons = meant.stream()
                .map(host -> new FieldError("hosts." + host.host().name(), sentences(host)))
                .toList();
        return new MesetaException(
                onlyFull || outrun ? ErrorCode.NOT_ENOUGH_CAPACITY : ErrorCode.NO_SUITABLE_HOST,
                message(request, meant),
                reasons,
                null);
    }

    /** When one host was asked for, the others are beside the point. */
    private static List<RankedHost> meant(PlacementRequest request, List<RankedHost> ranked) {
        if (request.requiredHostId().isEmpty()) {
            return ranked;
        }
        UUID required = request.requiredHostId().get();
        return ranked.stream().filter(host -> host.host().id().equals(required)).toList();
    }

    private static String message(PlacementRequest request, List<RankedHost> meant) {
        String what = "No host can take a VM with %d vCPUs and %d MiB."
                .formatted(request.vcpus(), request.memoryBytes() / MIB);
        if (meant.isEmpty()) {
            return request.requiredHostId()
                    .map(host -> what + " The host %s is not in the VM's cluster.".formatted(host))
                    .orElse(what + " The cluster has no hosts.");
        }
        String named =
                meant.stream().limit(HOSTS_IN_MESSAGE).map(Refusals::sentences).collect(Collectors.joining(" "));
        int others = meant.size() - HOSTS_IN_MESSAGE;
        return what + " " + named + (others > 0 ? " And %d more hosts.".formatted(others) : "");
    }

    private static String sentences(RankedHost host) {
        return host.accepted()
                ? "%s was full by the time it was asked.".formatted(host.host().name())
                : host.reasons().stream().map(Explanation::message).collect(Collectors.joining(" "));
    }
}
