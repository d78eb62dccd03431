package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.Audit.Outcome;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.Observations.HostReport;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.EventCode;
import dev.meseta.manager.shared.EventKind;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.EventPublisher.Severity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Addresses that an agent claims for its host and that are not those the host enrolled with. They are told and not taken
 * over: certificates are issued for a host's addresses, and other hosts send guests' memory there, so a host that could
 * change them by its own word could take another's place.
 *
 * @param agentAddress as claimed, cut to a length that can be shown; empty when it is the known one
 * @param migrationAddress likewise
 */
record RefusedAddresses(UUID hostId, String agentAddress, String migrationAddress) {

    static final String CODE = EventCode.HOST_ADDRESS_REFUSED.name();

    private static final int SHOWN_CHARACTERS = 100;

    /** Empty when the report claims what is known, or nothing. */
    static Optional<RefusedAddresses> of(
            UUID hostId, String knownAgentAddress, String knownMigrationAddress, HostReport report) {
        var refused = new RefusedAddresses(
                hostId,
                unlessKnown(report.agentAddress(), knownAgentAddress),
                unlessKnown(report.migrationAddress(), knownMigrationAddress));
        return refused.agentAddress.isEmpty() && refused.migrationAddress.isEmpty()
                ? Optional.empty()
                : Optional.of(refused);
    }

    private static String unlessKnown(String claimed, String known) {
        if (claimed.equals(known)) {
            return "";
        }
        return claimed.length() <= SHOWN_CHARACTERS ? claimed : claimed.substring(0, SHOWN_CHARACTERS);
    }

    /** Stands with the host for as long as the agent keeps to its claim. */
    Host.Condition condition() {
        return new Host.Condition(CODE, message());
    }

    EventDraft event() {
        return new EventDraft(
                EventKind.HOST_CHANGED.text(), "host", hostId, Severity.WARNING, CODE, message(), claims());
    }

    Audit.Entry record(String correlationId) {
        return new Audit.Entry(
                "urn:meseta:host:" + hostId,
                "",
                "host.change-address",
                "host",
                hostId.toString(),
                Outcome.REFUSED,
                ErrorCode.FORBIDDEN.name(),
                correlationId,
                claims());
    }

    private String message() {
        return "The agent claims %s for its host. The addresses it joined with stay; set them in the agent's configuration."
                .formatted(String.join(
                        " and ",
                        claims().entrySet().stream()
                                .map(claim -> "the %s \"%s\"".formatted(claim.getKey(), claim.getValue()))
                                .toList()));
    }

    private Map<String, Object> claims() {
        Map<String, Object> claims = new LinkedHashMap<>();
        if (!agentAddress.isEmpty()) {
            claims.put("agentAddress", agentAddress);
        }
        if (!migrationAddress.isEmpty()) {
            claims.put("migrationAddress", migrationAddress);
        }
        return claims;
    }
}
