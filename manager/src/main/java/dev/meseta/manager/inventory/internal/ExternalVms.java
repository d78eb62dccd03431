package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.inventory.Observations.DomainObservation;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Rows of VMs that somebody else made on a host: there as long as their domains are. Called inside the transaction of an
 * observation.
 */
@Component
class ExternalVms {

    private static final Logger LOG = LoggerFactory.getLogger(ExternalVms.class);

    private static final int LONGEST_NAME = 63;
    private static final int ID_DIGITS = 8;

    private final JdbcClient jdbc;
    private final EventPublisher events;
    private final InstantSource clock;

    ExternalVms(JdbcClient jdbc, EventPublisher events, InstantSource clock) {
        this.jdbc = jdbc;
        this.events = events;
        this.clock = clock;
    }

    /** Takes in a domain that is no VM of the inventory; empty when it is not the moment for it. */
    Optional<ObservedVm> adopt(UUID hostId, DomainObservation observation) {
        return VmObservationRules.beforeAdoption(observation).filter(before -> insert(hostId, observation));
    }

    private boolean insert(UUID hostId, DomainObservation observation) {
        UUID id = observation.vmId();
        int written = jdbc.sql("""
                        INSERT INTO vm (id, cluster_id, name, vcpus, memory_bytes, firmware, desired_power, external,
                            created_at)
                        SELECT :id, h.cluster_id, CASE WHEN EXISTS (SELECT FROM vm WHERE name = :name) THEN :otherName
                            ELSE :name END, :vcpus, :memory, 'BIOS', 'RUNNING', true, :now
                        FROM host h WHERE h.id = :host
                        ON CONFLICT DO NOTHING""")
                .param("id", id)
                .param("name", nameOf(observation, ""))
                .param("otherName", nameOf(observation, "-" + id.toString().substring(0, ID_DIGITS)))
                .param("vcpus", observation.vcpus())
                .param("memory", observation.memoryBytes())
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("host", hostId)
                .update();
        if (written == 0) {
            return false;
        }
        jdbc.sql("INSERT INTO vm_observed (vm_id, status, status_since) VALUES (:id, 'DOWN', :now)")
                .param("id", id)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        LOG.info("Host {} runs {}, which is none of Meseta's: shown, and left alone", hostId, id);
        return true;
    }

    /** The domain's own name, or else its id; cut to what fits. */
    private static String nameOf(DomainObservation observation, String ending) {
        String name = observation.name().isBlank() ? observation.vmId().toString() : observation.name();
        int longest = LONGEST_NAME - ending.length();
        return (name.length() > longest ? name.substring(0, longest) : name) + ending;
    }

    /** The domain is gone. */
    void forget(UUID vmId) {
        jdbc.sql("DELETE FROM vm WHERE id = :id AND external").param("id", vmId).update();
        events.publish(EventDraft.changed("vm", vmId));
    }
}
