package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.DomainReason;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.libvirt.binding.LifecycleEvent;
import java.util.Optional;

/**
 * Makes the next status of a domain from the last one and libvirt's event, without asking libvirt: by then the domain may
 * be two states further, and a listener would never hear of the one between.
 */
final class LifecycleTranslator {

    private LifecycleTranslator() {}

    /** Empty when the event changes nothing that the interface knows. */
    static Optional<DomainStatus> next(DomainStatus last, LifecycleEvent event) {
        return switch (event.type()) {
            case LifecycleEvent.STARTED -> Optional.of(started(last, event));
            case LifecycleEvent.SUSPENDED -> suspended(last, event);
            case LifecycleEvent.RESUMED ->
                Optional.of(with(
                        last,
                        DomainState.RUNNING,
                        event.detail() == LifecycleEvent.RESUMED_POST_COPY
                                ? DomainReason.POST_COPY
                                : DomainReason.NONE));
            case LifecycleEvent.SHUTDOWN ->
                // By the host: QEMU was told to end, which STOPPED says better.
                event.detail() == LifecycleEvent.SHUTDOWN_BY_HOST
                        ? Optional.empty()
                        : Optional.of(with(last, DomainState.SHUTTING_DOWN, DomainReason.GUEST_SHUTDOWN));
            case LifecycleEvent.STOPPED -> Optional.of(with(last, DomainState.GONE, endOf(last, event)));
            default -> Optional.empty();
        };
    }

    private static DomainStatus started(DomainStatus last, LifecycleEvent event) {
        return event.detail() == LifecycleEvent.STARTED_MIGRATED
                ? with(last, DomainState.INCOMING, DomainReason.MIGRATING)
                : with(last, DomainState.RUNNING, DomainReason.NONE);
    }

    private static Optional<DomainStatus> suspended(DomainStatus last, LifecycleEvent event) {
        DomainReason reason = switch (event.detail()) {
            case LifecycleEvent.SUSPENDED_MIGRATED -> DomainReason.MIGRATING;
            case LifecycleEvent.SUSPENDED_IO_ERROR -> DomainReason.IO_ERROR;
            case LifecycleEvent.SUSPENDED_POST_COPY -> DomainReason.POST_COPY;
            case LifecycleEvent.SUSPENDED_POST_COPY_FAILED -> DomainReason.POST_COPY_FAILED;
            default -> DomainReason.USER;
        };
        if (last.state() == DomainState.INCOMING && reason != DomainReason.POST_COPY_FAILED) {
            // A guest whose memory arrives is paused all the time; that is what INCOMING says.
            return reason == DomainReason.USER
                    ? Optional.of(with(last, DomainState.PAUSED, DomainReason.USER))
                    : Optional.empty();
        }
        return Optional.of(with(last, DomainState.PAUSED, reason));
    }

    private static DomainReason endOf(DomainStatus last, LifecycleEvent event) {
        return switch (event.detail()) {
            case LifecycleEvent.STOPPED_SHUTDOWN -> DomainReason.GUEST_SHUTDOWN;
            case LifecycleEvent.STOPPED_DESTROYED -> DomainReason.DESTROYED;
            case LifecycleEvent.STOPPED_MIGRATED -> DomainReason.MIGRATED;
            case LifecycleEvent.STOPPED_CRASHED, LifecycleEvent.STOPPED_FAILED ->
                // The end of an incoming migration is no crash: the guest runs on at the source.
                last.state() == DomainState.INCOMING ? DomainReason.DESTROYED : DomainReason.CRASHED;
            default -> DomainReason.NONE;
        };
    }

    static DomainStatus with(DomainStatus status, DomainState state, DomainReason reason) {
        return new DomainStatus(
                status.vmId(), status.name(), state, reason, status.vcpus(), status.memoryBytes(), status.external());
    }
}
