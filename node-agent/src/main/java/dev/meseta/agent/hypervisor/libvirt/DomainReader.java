package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.DomainReason;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import dev.meseta.agent.hypervisor.Vnic;
import dev.meseta.agent.hypervisor.libvirt.binding.DomainInfo;
import dev.meseta.agent.hypervisor.libvirt.binding.JobStatistics;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtConnection;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtDomain;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtErrors;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtException;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtStates;
import dev.meseta.agent.hypervisor.libvirt.binding.StateAndReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads domains from libvirt. */
final class DomainReader {

    private static final long KIBIBYTE = 1024;

    private DomainReader() {}

    static List<DomainStatus> all(LibvirtConnection connection) {
        List<DomainStatus> all = new ArrayList<>();
        for (LibvirtDomain domain : connection.activeDomains()) {
            try (domain) {
                status(domain).ifPresent(all::add);
            }
        }
        return all;
    }

    /** Of all domains of Meseta's; those that end while they are read are left out. */
    static List<Vnic> vnics(LibvirtConnection connection) {
        List<Vnic> all = new ArrayList<>();
        for (LibvirtDomain domain : connection.activeDomains()) {
            try (domain) {
                UUID vmId = domain.uuid();
                domain.metadata(DomainMetadata.NAMESPACE)
                        .flatMap(DomainMetadata::parse)
                        .ifPresent(metadata -> metadata.nics()
                                .forEach(nic -> all.add(
                                        new Vnic(vmId, nic.nicId(), nic.networkId(), Vnic.tapOf(nic.nicId())))));
            } catch (LibvirtException e) {
                if (!LibvirtFailures.isAbsence(e)) {
                    throw e;
                }
            }
        }
        return all;
    }

    /** Empty when it is not running here. */
    static Optional<DomainStatus> one(LibvirtConnection connection, UUID vmId) {
        try (LibvirtDomain domain = connection.domain(vmId)) {
            return status(domain);
        } catch (LibvirtException e) {
            if (LibvirtFailures.isAbsence(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** @throws HypervisorException NOT_SUPPORTED when Meseta did not make it, DOMAIN_NOT_RUNNING while it arrives */
    static DomainStatus requireOurs(LibvirtDomain domain) {
        DomainStatus status = status(domain)
                .orElseThrow(() -> new HypervisorException(
                        Code.DOMAIN_NOT_FOUND, "domain " + domain.uuid() + " is not running here"));
        if (status.external()) {
            throw new HypervisorException(Code.NOT_SUPPORTED, "domain " + status.vmId() + " is not Meseta's");
        }
        return status;
    }

    static DomainStatus requireArrived(LibvirtDomain domain) {
        DomainStatus status = requireOurs(domain);
        if (status.state() == DomainState.INCOMING) {
            throw new HypervisorException(Code.DOMAIN_NOT_RUNNING, "domain " + status.vmId() + " has not arrived yet");
        }
        return status;
    }

    /** Empty when it ends while it is read. */
    private static Optional<DomainStatus> status(LibvirtDomain domain) {
        try {
            StateAndReason state = domain.state();
            if (state.state() == LibvirtStates.SHUTOFF || state.state() == 0) {
                return Optional.empty();
            }
            DomainInfo info = domain.info();
            Optional<DomainMetadata> metadata =
                    domain.metadata(DomainMetadata.NAMESPACE).flatMap(DomainMetadata::parse);
            return Optional.of(new DomainStatus(
                    domain.uuid(),
                    metadata.map(DomainMetadata::name).orElseGet(domain::name),
                    stateOf(domain, state),
                    reasonOf(state),
                    info.vcpus(),
                    info.maximumMemoryKibibytes() * KIBIBYTE,
                    metadata.isEmpty()));
        } catch (LibvirtException e) {
            if (LibvirtFailures.isAbsence(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static DomainState stateOf(LibvirtDomain domain, StateAndReason state) {
        return switch (state.state()) {
            case LibvirtStates.PAUSED ->
                state.reason() == LibvirtStates.PAUSED_MIGRATION && !isLeaving(domain)
                        ? DomainState.INCOMING
                        : DomainState.PAUSED;
            case LibvirtStates.SUSPENDED_BY_GUEST, LibvirtStates.CRASHED -> DomainState.PAUSED;
            case LibvirtStates.SHUTDOWN -> DomainState.SHUTTING_DOWN;
            default -> DomainState.RUNNING;
        };
    }

    /** Source and target of a migration are both "paused for migration" for a moment; only a source has statistics. */
    private static boolean isLeaving(LibvirtDomain domain) {
        try {
            return domain.jobStatistics().parameters().number("operation") == JobStatistics.OPERATION_MIGRATION_OUT;
        } catch (LibvirtException e) {
            if (e.code() == LibvirtErrors.OPERATION_INVALID || e.code() == LibvirtErrors.OPERATION_UNSUPPORTED) {
                return false;
            }
            throw e;
        }
    }

    private static DomainReason reasonOf(StateAndReason state) {
        return switch (state.state()) {
            case LibvirtStates.RUNNING ->
                switch (state.reason()) {
                    case LibvirtStates.RUNNING_POST_COPY -> DomainReason.POST_COPY;
                    case LibvirtStates.RUNNING_POST_COPY_FAILED -> DomainReason.POST_COPY_FAILED;
                    default -> DomainReason.NONE;
                };
            case LibvirtStates.PAUSED ->
                switch (state.reason()) {
                    case LibvirtStates.PAUSED_USER -> DomainReason.USER;
                    case LibvirtStates.PAUSED_MIGRATION -> DomainReason.MIGRATING;
                    case LibvirtStates.PAUSED_IO_ERROR -> DomainReason.IO_ERROR;
                    case LibvirtStates.PAUSED_CRASHED -> DomainReason.CRASHED;
                    case LibvirtStates.PAUSED_POST_COPY -> DomainReason.POST_COPY;
                    case LibvirtStates.PAUSED_POST_COPY_FAILED -> DomainReason.POST_COPY_FAILED;
                    default -> DomainReason.NONE;
                };
            case LibvirtStates.CRASHED -> DomainReason.CRASHED;
            case LibvirtStates.SHUTDOWN -> DomainReason.GUEST_SHUTDOWN;
            default -> DomainReason.NONE;
        };
    }
}
