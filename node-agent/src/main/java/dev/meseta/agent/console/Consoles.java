package dev.meseta.agent.console;

import dev.meseta.agent.hypervisor.ConsoleKind;
import dev.meseta.agent.hypervisor.Hypervisor;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Consoles that are open. A serial port has one reader: two would each get half of what the guest says. */
public final class Consoles {

    private static final System.Logger LOG = System.getLogger(Consoles.class.getName());

    private final Hypervisor hypervisor;
    private final Map<UUID, ByteChannel> serialPorts = new HashMap<>();

    public Consoles(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    /**
     * Opens one; whoever has the domain's serial port open loses it to whoever opens it.
     *
     * @throws dev.meseta.agent.hypervisor.HypervisorException as {@link Hypervisor#openConsole}
     */
    public ByteChannel open(UUID vmId, ConsoleKind kind) {
        if (kind != ConsoleKind.SERIAL) {
            return hypervisor.openConsole(vmId, kind);
        }
        synchronized (serialPorts) {
            ByteChannel before = serialPorts.remove(vmId);
            if (before != null) {
                closeQuietly(before);
            }
            ByteChannel opened = hypervisor.openConsole(vmId, kind);
            serialPorts.put(vmId, opened);
            return opened;
        }
    }

    /** Nobody reads it any more. */
    public void close(UUID vmId, ByteChannel channel) {
        synchronized (serialPorts) {
            var unused = serialPorts.remove(vmId, channel);
        }
        closeQuietly(channel);
    }

    private static void closeQuietly(ByteChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Closing a console", e);
        }
    }
}
