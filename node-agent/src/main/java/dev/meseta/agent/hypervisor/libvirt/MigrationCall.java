package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import dev.meseta.agent.hypervisor.MigrationOutcome;
import dev.meseta.agent.hypervisor.MigrationRequest;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtConnection;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtDomain;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtErrors;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtException;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtStates;
import dev.meseta.agent.hypervisor.libvirt.binding.MigrationParameters;
import dev.meseta.agent.hypervisor.libvirt.binding.StateAndReason;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.w3c.dom.Element;

/** The one long call into libvirt that a migration is, from its preparation to the verdict. */
final class MigrationCall {

    private static final System.Logger LOG = System.getLogger(MigrationCall.class.getName());
    private static final Pattern VERSIONED_MACHINE = Pattern.compile("pc-q35-[0-9.]+");
    private static final long STATISTICS_TIMEOUT_SECONDS = 5;

    private final LibvirtConnection connection;
    private final DomainPlatform platform;
    private final MigrationRequest request;
    private final OutgoingMigration migration;

    /** @param connection for this migration alone: libvirtd lets one connection have few calls at a time */
    MigrationCall(
            LibvirtConnection connection,
            DomainPlatform platform,
            MigrationRequest request,
            OutgoingMigration migration) {
        this.connection = connection;
        this.platform = platform;
        this.request = request;
        this.migration = migration;
    }

    MigrationOutcome run() {
        try (LibvirtDomain domain = connection.domain(request.definition().vmId())) {
            var unused = DomainReader.requireArrived(domain);
            MigrationParameters parameters = parameters(domain);
            domain.setMaxDowntime(MigrationNumbers.maxDowntime(request.maxDowntimeMs()));
            long begin = System.nanoTime();
            try {
                domain.migrate(parameters);
            } catch (LibvirtException e) {
                throw verdict(domain, e);
            }
            return outcome(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
        } catch (LibvirtException e) {
            // Nothing has begun yet.
            throw connection.isAlive()
                    ? LibvirtFailures.translate(e)
                    : LibvirtFailures.as(Code.HYPERVISOR_UNAVAILABLE, e);
        }
    }

    private MigrationParameters parameters(LibvirtDomain domain) {
        String xml = new DomainXmlWriter(platform.withMachine(machineOf(domain))).write(request.definition());
        // UNSAFE: libvirt takes a folder for shared only by its kind of file system. That every host of a storage
        // domain
        // sees the same files is checked by the agent's storage part, from a mark in the folder.
        int flags = MigrationParameters.LIVE | MigrationParameters.PEER_TO_PEER | MigrationParameters.UNSAFE;
        if (request.tls()) {
            flags |= MigrationParameters.TLS;
        }
        if (request.autoConverge()) {
            flags |= MigrationParameters.AUTO_CONVERGE;
        }
        if (request.postCopyAllowed()) {
            flags |= MigrationParameters.POST_COPY;
        }
        OptionalLong bandwidth = request.bandwidthBytesPerSecond() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(MigrationNumbers.mebibytesPerSecond(request.bandwidthBytesPerSecond()));
        return new MigrationParameters(
                controlUri(request.controlSocket()), request.migrationUri(), xml, bandwidth, flags);
    }

    /** {@code q35} means the newest the target's QEMU knows; the guest must find the machine it was started on. */
    private static String machineOf(LibvirtDomain domain) {
        if (DomainMetadata.parseXml(domain.xml()).getElementsByTagName("type").item(0) instanceof Element type) {
            String machine = type.getAttribute("machine");
            if (VERSIONED_MACHINE.matcher(machine).matches()) {
                return machine;
            }
        }
        throw new HypervisorException(
                Code.MIGRATION_FAILED, "domain " + domain.uuid() + " has a machine type that Meseta does not make");
    }

    private static String controlUri(Path socket) {
        return "qemu+unix:///system?socket="
                + URLEncoder.encode(socket.toString(), StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HypervisorException verdict(LibvirtDomain domain, LibvirtException failure) {
        if (!connection.isAlive()) {
            return LibvirtFailures.as(Code.OUTCOME_UNKNOWN, failure);
        }
        try {
            StateAndReason state = domain.state();
            boolean runsHere = state.state() == LibvirtStates.RUNNING
                    || state.state() == LibvirtStates.BLOCKED
                    || (state.state() == LibvirtStates.PAUSED
                            && state.reason() != LibvirtStates.PAUSED_POST_COPY
                            && state.reason() != LibvirtStates.PAUSED_POST_COPY_FAILED);
            if (!runsHere) {
                return LibvirtFailures.as(Code.OUTCOME_UNKNOWN, failure);
            }
        } catch (LibvirtException e) {
            LOG.log(System.Logger.Level.WARNING, "State after a failed migration is not known: {0}", e.getMessage());
            return LibvirtFailures.as(Code.OUTCOME_UNKNOWN, failure);
        }
        boolean cancelled = migration.cancelRequested() || failure.code() == LibvirtErrors.OPERATION_ABORTED;
        return LibvirtFailures.as(cancelled ? Code.MIGRATION_CANCELLED : Code.MIGRATION_FAILED, failure);
    }

    private MigrationOutcome outcome(long measuredMs) {
        try {
            return MigrationNumbers.outcome(
                    migration.statistics().get(STATISTICS_TIMEOUT_SECONDS, TimeUnit.SECONDS), migration.postCopy());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            LOG.log(System.Logger.Level.WARNING, "libvirt sent no statistics of a finished migration", e);
        }
        return new MigrationOutcome(measuredMs, 0, 0, 0, migration.postCopy());
    }
}
