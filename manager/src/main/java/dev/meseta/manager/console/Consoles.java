package dev.meseta.manager.console;

import dev.meseta.manager.agents.ConsoleKind;
import dev.meseta.manager.identity.AuthenticatedUser;
import java.time.Instant;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** Consoles of running VMs. */
public interface Consoles {

    /**
     * Something that opens one console of one VM, once, in the session or with the API token it was made for, at
     * any manager.
     *
     * @param secret shown once; only its hash is kept
     */
    record Ticket(String secret, UUID vmId, ConsoleKind kind, Instant expiresAt) {
        @Override
        public String toString() {
            return "Ticket[" + vmId + " " + kind + "]";
        }
    }

    /** @throws dev.meseta.manager.shared.MesetaException NOT_FOUND, VM_EXTERNAL, VM_NOT_RUNNING, VM_MISSING */
    Ticket issue(UUID vmId, ConsoleKind kind, Who who);

    /**
     * Takes a ticket and opens its console. The ticket is used up also when that fails.
     *
     * @param stillSignedIn asked now and then; the console ends when it says no
     * @throws dev.meseta.manager.shared.MesetaException CONSOLE_TICKET_INVALID when there is no such ticket, it was used,
     *     has run out or is of somebody else or another session; TOO_MANY_REQUESTS when the user has too many consoles open; what {@link #issue}
     *     and the host may say
     */
    Console open(String ticket, Who who, String remoteAddress, BooleanSupplier stillSignedIn, Viewer viewer);

    /**
     * Somebody, and what they have shown to prove it.
     *
     * @param credential hash of the session's secret or of the API token
     */
    record Who(AuthenticatedUser user, String credential) {
        @Override
        public String toString() {
            return "Who[" + user.username() + "]";
        }
    }

    /** A person in front of a console. Called on one thread, one call after the other. */
    interface Viewer {

        void show(byte[] bytes);

        /** The last call. */
        void end(ConsoleEnd why);
    }

    /** An open console. */
    interface Console {

        /** What the person typed; waits while the guest is slower. Ignored after the end. */
        void type(byte[] bytes);

        /** The person has gone. */
        void close();
    }
}
