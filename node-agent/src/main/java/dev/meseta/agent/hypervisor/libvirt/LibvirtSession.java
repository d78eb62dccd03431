package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtConnection;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connection to libvirtd that everything but migrations shares, and its renewal after libvirtd went away. All changes
 * happen on the driver's one worker thread.
 */
final class LibvirtSession implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(LibvirtSession.class.getName());

    private final String uri;
    private final LibvirtSettings settings;
    private final ScheduledExecutorService worker;
    private final Consumer<LibvirtConnection> whenOpen;
    private @Nullable LibvirtConnection current;
    private boolean closed;

    /** @param whenOpen called on the worker with each new connection, to register for events and to take stock */
    LibvirtSession(
            String uri,
            LibvirtSettings settings,
            ScheduledExecutorService worker,
            Consumer<LibvirtConnection> whenOpen) {
        this.uri = uri;
        this.settings = settings;
        this.worker = worker;
        this.whenOpen = whenOpen;
    }

    /** Opens the first connection; on the worker. */
    void open() {
        LibvirtConnection connection = openSeparate();
        try {
            connection.onClose(reason -> worker.execute(() -> lost(connection)));
            whenOpen.accept(connection);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
        synchronized (this) {
            current = connection;
        }
    }

    /** A connection of one's own, to be closed by the caller. */
    LibvirtConnection openSeparate() {
        LibvirtConnection connection;
        try {
            connection = LibvirtConnection.open(uri);
        } catch (LibvirtException e) {
            throw LibvirtFailures.as(Code.HYPERVISOR_UNAVAILABLE, e);
        }
        try {
            connection.setKeepAlive(settings.keepAliveSeconds(), settings.keepAliveCount());
            return connection;
        } catch (LibvirtException e) {
            connection.close();
            throw LibvirtFailures.as(Code.HYPERVISOR_UNAVAILABLE, e);
        }
    }

    /** Asks something; when libvirtd goes away meanwhile, nothing is lost but the answer. */
    <T> T ask(Function<LibvirtConnection, T> question) {
        return call(question, Code.HYPERVISOR_UNAVAILABLE);
    }

    /** Changes something; when libvirtd goes away meanwhile, nobody knows whether it was done. */
    void change(Consumer<LibvirtConnection> change) {
        Boolean unused = call(
                connection -> {
                    change.accept(connection);
                    return true;
                },
                Code.OUTCOME_UNKNOWN);
    }

    private <T> T call(Function<LibvirtConnection, T> call, Code whenLost) {
        try (LibvirtConnection connection = share()) {
            try {
                return call.apply(connection);
            } catch (LibvirtException e) {
                throw connection.isAlive() ? LibvirtFailures.translate(e) : LibvirtFailures.as(whenLost, e);
            }
        }
    }

    private synchronized LibvirtConnection share() {
        if (current == null || !current.isAlive()) {
            throw new HypervisorException(Code.HYPERVISOR_UNAVAILABLE, "libvirtd does not answer at " + uri);
        }
        return current.share();
    }

    private void lost(LibvirtConnection connection) {
        synchronized (this) {
            if (current == connection) {
                current = null;
            }
        }
        connection.close();
        LOG.log(System.Logger.Level.WARNING, "libvirtd went away; trying to reach it again");
        reconnect();
    }

    private void reconnect() {
        synchronized (this) {
            if (closed) {
                return;
            }
        }
        try {
            open();
            LOG.log(System.Logger.Level.INFO, "libvirtd is back");
        } catch (RuntimeException e) {
            // Whatever it is: an agent that stops trying would stay blind.
            LOG.log(System.Logger.Level.DEBUG, "libvirtd is not back yet", e);
            var unused =
                    worker.schedule(this::reconnect, settings.reconnectDelay().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (current != null) {
            current.close();
            current = null;
        }
    }
}
