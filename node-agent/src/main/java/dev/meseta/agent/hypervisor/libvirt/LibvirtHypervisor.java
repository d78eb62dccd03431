package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.Capability;
import dev.meseta.agent.hypervisor.ConsoleKind;
import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.DomainEventDispatcher;
import dev.meseta.agent.hypervisor.DomainListener;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.HostFacts;
import dev.meseta.agent.hypervisor.Hypervisor;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import dev.meseta.agent.hypervisor.MigrationChange;
import dev.meseta.agent.hypervisor.MigrationOutcome;
import dev.meseta.agent.hypervisor.MigrationRequest;
import dev.meseta.agent.hypervisor.MigrationStatistics;
import dev.meseta.agent.hypervisor.Subscription;
import dev.meseta.agent.hypervisor.Vnic;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtConnection;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtDomain;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtErrors;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtException;
import dev.meseta.agent.hypervisor.libvirt.binding.LifecycleEvent;
import java.nio.channels.ByteChannel;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Real machines: QEMU, run by this host's libvirtd. Adopts what runs when it connects. When libvirtd goes away, calls fail
 * with HYPERVISOR_UNAVAILABLE (or OUTCOME_UNKNOWN when one was under way), the driver reaches for it until it is back, and
 * listeners then hear of everything that changed meanwhile.
 */
public final class LibvirtHypervisor implements Hypervisor {

    private static final System.Logger LOG = System.getLogger(LibvirtHypervisor.class.getName());

    private final ScheduledExecutorService worker;
    private final DomainEventDispatcher events;
    private final DomainTracker tracker;
    private final LibvirtSession session;
    private final HostReader host;
    private final DomainPlatform platform;
    private final OutgoingMigrations migrations;
    private final ConsoleSockets consoles;

    private LibvirtHypervisor(String uri, LibvirtSettings settings) {
        AccelerationProbe.Result acceleration = new AccelerationProbe(settings).run();
        consoles = new ConsoleSockets(settings);
        host = new HostReader(settings, acceleration);
        platform = new DomainPlatform(
                acceleration.acceleration(),
                settings.emulator(),
                DomainPlatform.NEWEST_MACHINE,
                settings.serialSockets(),
                DiskCacheProbe::cacheFor);
        worker = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("libvirt-worker").daemon().factory());
        events = new DomainEventDispatcher(
                Thread.ofPlatform().name("domain-events").daemon().factory());
        tracker = new DomainTracker(events);
        session = new LibvirtSession(uri, settings, worker, this::listen);
        migrations = new OutgoingMigrations(session, platform, worker);
    }

    /**
     * Connects to libvirtd and adopts the domains that run.
     *
     * @param uri libvirt's, e.g. {@code qemu:///system}
     * @throws HypervisorException HYPERVISOR_UNAVAILABLE when libvirtd or its client library is not there
     */
    public static LibvirtHypervisor connect(String uri, LibvirtSettings settings) {
        LibvirtHypervisor hypervisor = new LibvirtHypervisor(uri, settings);
        try {
            hypervisor.consoles.makeFolder();
            hypervisor.worker.submit(hypervisor.session::open).get();
            return hypervisor;
        } catch (ExecutionException e) {
            hypervisor.close();
            throw e.getCause() instanceof HypervisorException failure
                    ? failure
                    : new HypervisorException(Code.HYPERVISOR_UNAVAILABLE, "libvirt does not work at " + uri, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            hypervisor.close();
            throw new HypervisorException(Code.HYPERVISOR_UNAVAILABLE, "interrupted while connecting", e);
        }
    }

    @Override
    public HostFacts facts() {
        return session.ask(host::facts);
    }

    @Override
    public Set<Capability> capabilities() {
        return session.ask(host::capabilities);
    }

    @Override
    public List<DomainStatus> domains() {
        return session.ask(DomainReader::all);
    }

    @Override
    public Optional<DomainStatus> domain(UUID vmId) {
        return session.ask(connection -> DomainReader.one(connection, vmId));
    }

    @Override
    public List<Vnic> vnics() {
        return session.ask(DomainReader::vnics);
    }

    @Override
    public void start(DomainDefinition definition) {
        String xml;
        try {
            xml = new DomainXmlWriter(platform).write(definition);
        } catch (IllegalArgumentException e) {
            throw new HypervisorException(Code.DOMAIN_START_FAILED, String.valueOf(e.getMessage()), e);
        }
        session.change(connection -> {
            refuseIfHere(connection, definition.vmId());
            tracker.expect(definition);
            try (LibvirtDomain started = connection.create(xml)) {
                LOG.log(System.Logger.Level.INFO, "Started {0} as {1}", definition.vmId(), started.name());
            } catch (LibvirtException e) {
                tracker.forget(definition.vmId());
                if (!connection.isAlive()) {
                    throw e;
                }
                refuseIfHere(connection, definition.vmId());
                throw LibvirtFailures.as(Code.DOMAIN_START_FAILED, e);
            }
        });
    }

    @Override
    public void shutdown(UUID vmId) {
        onArrived(vmId, (domain, status) -> domain.shutdown());
    }

    @Override
    public void destroy(UUID vmId) {
        session.change(connection -> {
            try (LibvirtDomain domain = connection.domain(vmId)) {
                var unused = DomainReader.requireOurs(domain);
                domain.destroy();
            } catch (LibvirtException e) {
                if (!LibvirtFailures.isAbsence(e) && e.code() != LibvirtErrors.OPERATION_INVALID) {
                    throw e;
                }
                LOG.log(System.Logger.Level.DEBUG, "{0} had ended already", vmId);
            } catch (HypervisorException e) {
                if (e.code() != Code.DOMAIN_NOT_FOUND) {
                    throw e;
                }
                LOG.log(System.Logger.Level.DEBUG, "{0} is ending already", vmId);
            }
        });
    }

    @Override
    public void reboot(UUID vmId, boolean forced) {
        onArrived(vmId, (domain, status) -> {
            if (forced) {
                domain.reset();
            } else {
                domain.reboot();
            }
        });
    }

    @Override
    public void suspend(UUID vmId) {
        onArrived(vmId, (domain, status) -> {
            if (status.state() != DomainState.PAUSED) {
                domain.suspend();
            }
        });
    }

    @Override
    public void resume(UUID vmId) {
        onArrived(vmId, (domain, status) -> {
            if (status.state() != DomainState.RUNNING) {
                domain.resume();
            }
        });
    }

    @Override
    public MigrationOutcome migrate(MigrationRequest request) {
        return migrations.migrate(request);
    }

    @Override
    public Optional<MigrationStatistics> migrationProgress(UUID vmId) {
        return migrations.progress(vmId);
    }

    @Override
    public void changeMigration(UUID vmId, MigrationChange change) {
        migrations.change(vmId, change);
    }

    @Override
    public void switchToPostCopy(UUID vmId) {
        migrations.switchToPostCopy(vmId);
    }

    @Override
    public void cancelMigration(UUID vmId) {
        migrations.cancel(vmId);
    }

    @Override
    public ByteChannel openConsole(UUID vmId, ConsoleKind kind) {
        return session.ask(connection -> {
            try (LibvirtDomain domain = connection.domain(vmId)) {
                var unused = DomainReader.requireArrived(domain);
                return consoles.open(domain, kind);
            }
        });
    }

    @Override
    public Subscription subscribe(DomainListener listener) {
        return events.subscribe(listener);
    }

    @Override
    public void close() {
        session.close();
        worker.shutdownNow();
        events.close();
    }

    private void listen(LibvirtConnection connection) {
        connection.onLifecycle(event -> worker.execute(() -> handle(event)));
        connection.onJobCompleted(migrations::onJobCompleted);
        List<DomainStatus> here = tracker.takeStock(connection);
        LOG.log(System.Logger.Level.INFO, "Connected to libvirt; {0} domains run", here.size());
    }

    private void handle(LifecycleEvent event) {
        LOG.log(System.Logger.Level.DEBUG, "libvirt: {0}", event);
        try {
            tracker.handle(event, this::domain);
        } catch (HypervisorException e) {
            // libvirtd went away; taking stock after the reconnection makes up for the event.
            LOG.log(System.Logger.Level.WARNING, "Event of {0} not delivered: {1}", event.uuid(), e.getMessage());
        } catch (RuntimeException e) {
            // The worker would keep it to itself.
            LOG.log(System.Logger.Level.ERROR, "Event " + event + " not delivered", e);
        }
    }

    private void onArrived(UUID vmId, DomainChange change) {
        session.change(connection -> {
            try (LibvirtDomain domain = connection.domain(vmId)) {
                change.apply(domain, DomainReader.requireArrived(domain));
            }
        });
    }

    private static void refuseIfHere(LibvirtConnection connection, UUID vmId) {
        if (DomainReader.one(connection, vmId).isPresent()) {
            throw new HypervisorException(Code.DOMAIN_EXISTS, "domain " + vmId + " runs here already");
        }
    }

    @FunctionalInterface
    private interface DomainChange {

        void apply(LibvirtDomain domain, DomainStatus status);
    }
}
