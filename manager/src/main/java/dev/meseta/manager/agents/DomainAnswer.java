package dev.meseta.manager.agents;

import dev.meseta.manager.shared.MesetaException;
import java.util.UUID;

/** What a host's hypervisor says of one VM when asked now. Not being answered is one of the answers. */
public sealed interface DomainAnswer {

    /** It is there, in some state. */
    record Present(HostAgents.DomainOnHost domain) implements DomainAnswer {

        /** The guest's CPUs run here. */
        public boolean running() {
            return domain.state().equals("RUNNING");
        }

        /** The guest is here and was halted; not an incoming migration. */
        public boolean paused() {
            return domain.state().equals("PAUSED");
        }

        /** The guest has not begun to run here: a migration is still coming in. */
        public boolean incoming() {
            return domain.state().equals("INCOMING");
        }

        /** Memory is spread over both hosts: neither may be touched. */
        public boolean inPostCopy() {
            return domain.reason().startsWith("POST_COPY");
        }
    }

    /** The hypervisor was asked and does not have it. */
    record Absent() implements DomainAnswer {}

    /** Nobody could be asked. */
    record NoAnswer(String detail) implements DomainAnswer {}

    /** Asks a host; every failure to get an answer is {@link NoAnswer}. */
    static DomainAnswer ask(HostAgents agents, UUID hostId, UUID vmId) {
        try {
            return agents.domain(hostId, vmId).<DomainAnswer>map(Present::new).orElseGet(Absent::new);
        } catch (MesetaException e) {
            return new NoAnswer(e.getMessage() == null ? e.code().name() : e.getMessage());
        }
    }

    /** Whether the guest runs, or is halted, on that host. */
    default boolean holdsGuest() {
        return this instanceof Present present && (present.running() || present.paused());
    }
}
