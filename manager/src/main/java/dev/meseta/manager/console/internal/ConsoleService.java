package dev.meseta.manager.console.internal;

import dev.meseta.manager.agents.ConsoleKind;
import dev.meseta.manager.agents.HostConsoles;
import dev.meseta.manager.console.ConsoleEnd;
import dev.meseta.manager.console.Consoles;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Secrets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.springframework.stereotype.Service;

/** Gives out tickets and takes them. */
@Service
class ConsoleService implements Consoles {

    /** Time enough for a page to connect, and not for a person to pass it on. */
    static final Duration TICKET_LIFE = Duration.ofSeconds(30);

    private final Vms vms;
    private final HostConsoles hosts;
    private final ConsoleTickets tickets;
    private final OpenConsoles open;
    private final InstantSource clock;
    private final Access access;
    private final SecureRandom random = new SecureRandom();

    ConsoleService(
            Vms vms,
            HostConsoles hosts,
            ConsoleTickets tickets,
            OpenConsoles open,
            InstantSource clock,
            Access access) {
        this.access = access;
        this.vms = vms;
        this.hosts = hosts;
        this.tickets = tickets;
        this.open = open;
        this.clock = clock;
    }

    @Override
    public Ticket issue(UUID vmId, ConsoleKind kind, Who who) {
        access.require(who.user(), Permission.VM_CONSOLE, ObjectRef.vm(vmId));
        UUID unused = hostOf(vms.require(vmId));
        Instant now = clock.instant();
        String secret = Secrets.random(random);
        Instant expiresAt = now.plus(TICKET_LIFE);
        tickets.keep(
                Secrets.hash(secret),
                new ConsoleTickets.Kept(who.user().id(), who.credential(), vmId, kind, expiresAt),
                now);
        return new Ticket(secret, vmId, kind, expiresAt);
    }

    @Override
    public Console open(String ticket, Who who, String remoteAddress, BooleanSupplier stillSignedIn, Viewer viewer) {
        AuthenticatedUser user = who.user();
        ConsoleTickets.Kept kept = tickets.take(Secrets.hash(ticket), user.id(), who.credential())
                .filter(found -> clock.instant().isBefore(found.expiresAt()))
                .orElseThrow(() -> new MesetaException(
                        ErrorCode.CONSOLE_TICKET_INVALID,
                        "The ticket is not known, was used or has run out; ask for another one."));
        ObjectRef object = ObjectRef.vm(kept.vmId());
        access.require(user, Permission.VM_CONSOLE, object);
        Vm vm = vms.require(kept.vmId());
        // Whoever may not see it any more does not.
        BooleanSupplier stillAllowed =
                () -> stillSignedIn.getAsBoolean() && access.allows(user, Permission.VM_CONSOLE, object);
        UUID hostId = hostOf(vm);
        OpenConsole console =
                open.add(new OpenConsole(vm, kept.kind(), user, remoteAddress, stillAllowed, viewer, clock));
        try {
            console.attach(hosts.open(hostId, vm.id(), kept.kind(), console.receiver(() -> whyEnded(vm.id(), hostId))));
        } catch (RuntimeException e) {
            open.remove(console);
            throw e;
        }
        open.opened(console);
        return console;
    }

    /** Asked when the host has ended it. */
    private ConsoleEnd whyEnded(UUID vmId, UUID hostId) {
        return vms.find(vmId)
                .map(vm -> {
                    boolean moved = vm.activity() == VmStatus.MIGRATING
                            || (vm.hostId() != null && !vm.hostId().equals(hostId));
                    if (moved) {
                        return ConsoleEnd.CONSOLE_MOVED;
                    }
                    return vm.hostId() == null || vm.status() == VmStatus.DOWN
                            ? ConsoleEnd.CONSOLE_VM_STOPPED
                            : ConsoleEnd.CONSOLE_CLOSED;
                })
                .orElse(ConsoleEnd.CONSOLE_VM_STOPPED);
    }

    /** Where it was last seen running. */
    private static UUID hostOf(Vm vm) {
        if (vm.external()) {
            throw Vms.external(vm.name());
        }
        if (vm.observed().isMissing()) {
            throw new MesetaException(
                    ErrorCode.VM_MISSING, "The VM %s is not on its host any more; wait a moment.".formatted(vm.name()));
        }
        UUID hostId = vm.observed().hostId();
        if (hostId == null || vm.observed().status() == VmStatus.DOWN) {
            throw new MesetaException(
                    ErrorCode.VM_NOT_RUNNING, "The VM %s is down and has no console; start it.".formatted(vm.name()));
        }
        return hostId;
    }
}
