package dev.meseta.manager.membership.internal;

import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.membership.Life;
import dev.meseta.manager.membership.ManagerFenced;
import dev.meseta.manager.membership.Managers;
import dev.meseta.manager.membership.Membership;
import dev.meseta.manager.shared.EventCode;
import dev.meseta.manager.shared.EventKind;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.EventPublisher.Severity;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** What managers say of themselves, and the news about them. */
@Service
class StoredManagers implements Managers {

    private static final Logger LOG = LoggerFactory.getLogger(StoredManagers.class);

    private static final String STATE = """
            CASE WHEN m.stopped THEN 'STOPPED' WHEN m.fenced_term IS NOT NULL THEN 'FENCED'
            WHEN m.lease_until < clock_timestamp() THEN 'SILENT' ELSE 'LIVING' END""";
    private static final String FROM = """
            (SELECT DISTINCT ON (id) * FROM manager_member ORDER BY id, incarnation DESC) m
            LEFT JOIN (SELECT manager_id, incarnation, count(*) AS hosts, count(*) FILTER (WHERE connected) AS connected
                FROM host_ownership GROUP BY manager_id, incarnation) o
            ON o.manager_id = m.id AND o.incarnation = m.incarnation AND m.fenced_term IS NULL""";
    private static final ListFields FIELDS = ListFields.builder("m.id", ListFields.Type.ID, "name")
            .freeText("m.name")
            .freeText("m.url")
            .term("name", "m.name")
            .term("state", STATE)
            .sort("name", "m.name", ListFields.Type.TEXT)
            .sort("startedAt", "m.started_at", ListFields.Type.TIMESTAMP)
            .sort("hostsWatched", "coalesce(o.hosts, 0)", ListFields.Type.NUMBER)
            .build();

    private final JdbcClient jdbc;
    private final Membership membership;
    private final EventPublisher events;
    private final String publicAddress;
    private final String name;

    /** @param name empty: the machine's */
    StoredManagers(
            JdbcClient jdbc,
            Membership membership,
            EventPublisher events,
            @Value("${meseta.public-address}") String publicAddress,
            @Value("${meseta.name}") String name)
            throws UnknownHostException {
        this.jdbc = jdbc;
        this.membership = membership;
        this.events = events;
        this.publicAddress = publicAddress;
        this.name = name.isBlank() ? InetAddress.getLocalHost().getHostName() : name;
    }

    @Override
    public Page<Manager> list(ListRequest request) {
        Life self = membership.self();
        return ListQueries.page(
                jdbc,
                request,
                FIELDS,
                "m.*, o.hosts, o.connected, " + STATE + " AS state",
                FROM,
                row -> manager(row, self));
    }

    @Override
    public List<WatchedHost> watchedBy(UUID managerId) {
        if (!jdbc.sql("SELECT EXISTS (SELECT FROM manager_member WHERE id = :id)")
                .param("id", managerId)
                .query(Boolean.class)
                .single()) {
            throw Problems.notFound("manager", managerId);
        }
        return jdbc.sql("""
                        SELECT h.id, h.name, o.connected FROM host_ownership o JOIN host h ON h.id = o.host_id
                        JOIN manager_member m ON m.id = o.manager_id AND m.incarnation = o.incarnation
                        WHERE m.id = :id AND m.fenced_term IS NULL ORDER BY h.name, h.id""")
                .param("id", managerId)
                .query((row, number) -> new WatchedHost(
                        row.getObject("id", UUID.class), row.getString("name"), row.getBoolean("connected")))
                .list();
    }

    @Override
    public void agentsFindThisAt(String address) {
        Life self = membership.self();
        jdbc.sql("UPDATE manager_member SET agent_address = :address WHERE id = :id AND incarnation = :incarnation")
                .param("address", address)
                .param("id", self.managerId())
                .param("incarnation", self.incarnation())
                .update();
    }

    @Override
    public List<String> agentAddresses() {
        return jdbc.sql("""
                        SELECT agent_address FROM manager_member WHERE fenced_term IS NULL AND agent_address <> ''
                        AND lease_until >= clock_timestamp() ORDER BY started_at, id""")
                .query((row, number) -> Objects.requireNonNull(row.getString(1)))
                .list();
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        int port =
                event.getApplicationContext().getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        String host = publicAddress.indexOf(':') >= 0 ? "[" + publicAddress + "]" : publicAddress;
        String url = URI.create("https://" + host + ":" + port).toString();
        Life self = membership.self();
        jdbc.sql("UPDATE manager_member SET name = :name, url = :url WHERE id = :id AND incarnation = :incarnation")
                .param("name", name)
                .param("url", url)
                .param("id", self.managerId())
                .param("incarnation", self.incarnation())
                .update();
        publish(
                EventCode.MANAGER_JOINED,
                Severity.INFO,
                self,
                name,
                "Manager %s has joined; it answers at %s.".formatted(name, url));
    }

    @EventListener
    void closing(ContextClosedEvent event) {
        Life self = membership.self();
        tell(() -> publish(
                EventCode.MANAGER_STOPPED, Severity.INFO, self, name, "Manager %s is being stopped.".formatted(name)));
    }

    /** Not on the thread that renews the lease. */
    @EventListener
    void fenced(ManagerFenced fenced) {
        Thread.ofVirtual()
                .name("manager-fenced")
                .start(() -> tell(() -> {
                    Life life = fenced.life();
                    String known = jdbc.sql(
                                    "SELECT name FROM manager_member WHERE id = :id AND incarnation = :incarnation")
                            .param("id", life.managerId())
                            .param("incarnation", life.incarnation())
                            .query(String.class)
                            .single();
                    publish(
                            EventCode.MANAGER_FENCED,
                            Severity.WARNING,
                            life,
                            known,
                            "Manager %s has not renewed its lease; the others take its hosts and tasks over."
                                    .formatted(known));
                }));
    }

    private void publish(EventCode code, Severity severity, Life life, String of, String message) {
        events.publish(new EventDraft(
                EventKind.MANAGER_CHANGED.text(),
                "manager",
                life.managerId(),
                severity,
                code.name(),
                message,
                Map.of("name", of)));
    }

    /** News that nobody hears harms nobody. */
    private static void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            LOG.warn("Nobody could be told what became of a manager: {}", e.toString());
        }
    }

    private static Manager manager(ResultSet row, Life self) throws SQLException {
        Life life = new Life(row.getObject("id", UUID.class), row.getLong("incarnation"));
        return new Manager(
                life.managerId(),
                row.getString("name"),
                ManagerState.valueOf(row.getString("state")),
                life.equals(self),
                row.getString("url"),
                row.getString("agent_address"),
                life.incarnation(),
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                row.getObject("heartbeat_at", OffsetDateTime.class).toInstant(),
                row.getLong("term_seen"),
                row.getInt("hosts"),
                row.getInt("connected"));
    }
}
