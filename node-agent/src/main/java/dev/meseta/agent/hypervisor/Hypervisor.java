package dev.meseta.agent.hypervisor;

import java.nio.channels.ByteChannel;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Runs domains on this host. Domains are transient: nothing is left on the host once one has ended, and the inventory in
 * the manager is the only place that knows what should run. Calls block until the hypervisor has answered; they may be
 * made from any thread. Failures are {@link HypervisorException} with a stable code.
 */
public interface Hypervisor extends AutoCloseable {

    /** What this host and its hypervisor are and can do; asked anew at every call. */
    HostFacts facts();

    /** Abilities that not every driver or host has. */
    Set<Capability> capabilities();

    /** Every domain there is now, also those that Meseta did not make. */
    List<DomainStatus> domains();

    /** One domain as it is now, or empty when it is not here. */
    Optional<DomainStatus> domain(UUID vmId);

    /** The virtual network interfaces of all domains that Meseta made and that are here or arrive. */
    List<Vnic> vnics();

    /**
     * Creates and starts a domain.
     *
     * @throws HypervisorException DOMAIN_EXISTS when one with that id is here
     */
    void start(DomainDefinition definition);

    /** Asks the guest to power off (ACPI) and returns at once; {@link DomainEvent} tells when it is off. */
    void shutdown(UUID vmId);

    /** Ends the domain now. No effect when it is not here. */
    void destroy(UUID vmId);

    /** Asks the guest to restart (ACPI), or resets it when {@code forced}. */
    void reboot(UUID vmId, boolean forced);

    /** Stops the guest's processors. */
    void suspend(UUID vmId);

    /** Lets the guest's processors run again. */
    void resume(UUID vmId);

    /**
     * Moves a running domain away and returns when it has ended here. Blocks for as long as it takes.
     *
     * @throws HypervisorException MIGRATION_CANCELLED after {@link #cancelMigration}; MIGRATION_FAILED otherwise, the
     *     domain then still runs here; OUTCOME_UNKNOWN when the driver cannot tell
     */
    MigrationOutcome migrate(MigrationRequest request);

    /** Progress of the outgoing migration of a domain, or empty when none is under way. */
    Optional<MigrationStatistics> migrationProgress(UUID vmId);

    /** Changes a running migration; values that are absent stay. */
    void changeMigration(UUID vmId, MigrationChange change);

    /** Lets the guest run on the target now and fetch its memory from there. No return after it. */
    void switchToPostCopy(UUID vmId);

    /** Asks the running migration to stop; {@link #migrate} then throws. */
    void cancelMigration(UUID vmId);

    /**
     * Connects to a domain's console. What is read is what the guest says from now on; the channel ends when the domain
     * does, also when it is moved away. Reading blocks until there is something, or the channel is closed.
     *
     * @throws HypervisorException DOMAIN_NOT_FOUND; DOMAIN_NOT_RUNNING while the domain arrives; NOT_SUPPORTED when it has no
     *     such console
     */
    ByteChannel openConsole(UUID vmId, ConsoleKind kind);

    /** Delivers every change of every domain, in order, on one thread of the driver, until closed. */
    Subscription subscribe(DomainListener listener);

    @Override
    void close();
}
