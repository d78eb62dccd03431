package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.AccessGrant;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Notes which grants let somebody do something, once an hour each, beside the request. */
@Component
class UsedGrants {

    private static final Logger LOG = LoggerFactory.getLogger(UsedGrants.class);
    private static final Duration COARSE = Duration.ofHours(1);
    private static final int MAX_NOTED = 100_000;

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final Map<UUID, Instant> noted = new ConcurrentHashMap<>();

    UsedGrants(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    void note(Collection<AccessGrant> grants) {
        Instant now = clock.instant();
        List<UUID> due = grants.stream()
                .map(AccessGrant::id)
                .filter(id -> isDue(id, now))
                .toList();
        if (!due.isEmpty()) {
            if (noted.size() > MAX_NOTED) {
                noted.clear();
            }
            due.forEach(id -> noted.put(id, now));
            Thread unused = Thread.ofVirtual().name("used grants").start(() -> write(due, now));
        }
    }

    private boolean isDue(UUID id, Instant now) {
        Instant last = noted.get(id);
        return last == null || Duration.between(last, now).compareTo(COARSE) >= 0;
    }

    private void write(List<UUID> ids, Instant now) {
        try {
            jdbc.sql(
                            "UPDATE access_grant SET used_at = :now WHERE id = ANY(:ids) AND (used_at IS NULL OR used_at < :now)")
                    .param("now", now.atOffset(ZoneOffset.UTC))
                    .param("ids", ids.toArray(UUID[]::new), Types.ARRAY)
                    .update();
        } catch (DataAccessException | IllegalStateException e) {
            LOG.debug("The use of {} grants was not written down", ids.size(), e);
        }
    }
}
