package dev.meseta.manager.agents;

import java.util.UUID;

/** Bytes of the consoles of VMs, to and from the host that runs them. */
public interface HostConsoles {

    /**
     * Connects to a console. Returns when the host has opened it. Never call inside a transaction.
     *
     * @throws dev.meseta.manager.shared.MesetaException HOST_UNREACHABLE, VM_NOT_RUNNING when the VM is not on that
     *     host or still arrives there, NOT_SUPPORTED when it has no such console
     */
    Link open(UUID hostId, UUID vmId, ConsoleKind kind, Receiver receiver);

    /** One open console. */
    interface Link {

        /**
         * Sends what a person typed; waits while the host is slower than the person.
         *
         * @throws IllegalStateException when the console has ended
         */
        void send(byte[] bytes);

        /** Ends it; the receiver hears of that too. */
        void close();
    }

    /** Called on one thread, one call after the other. */
    interface Receiver {

        /** What the guest says. The next bytes come when this has returned. */
        void received(byte[] bytes);

        /** The last call: there is no console any more. */
        void ended();
    }
}
