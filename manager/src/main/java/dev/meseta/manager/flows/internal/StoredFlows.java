package dev.meseta.manager.flows.internal;

import dev.meseta.manager.agents.FlowSource;
import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.flows.FlowQuery;
import dev.meseta.manager.flows.Flows;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessColumns;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.shared.AuditNotes;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.shared.query.ListStatement;
import dev.meseta.manager.shared.query.SqlFilter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Answers by SQL. */
@Service
class StoredFlows implements Flows {

    private static final int MAX_RANKING = 1_000;
    private static final int FETCHED_AT_ONCE = 1_000;
    private static final Duration LOSSES_OF = Duration.ofDays(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final AccessColumns HOSTS = AccessColumns.hosts("h.id", "h.cluster_id");
    private static final String CONVERSATION =
            "c.id, c.network_id, n.name AS network_name, c.vlan_id, c.protocol_name," + " c.server_port, c.direction, ";

    private final JdbcClient jdbc;
    private final Access access;
    private final FlowsProperties settings;
    private final InstantSource clock;
    private final TransactionTemplate oneView;

    StoredFlows(
            JdbcClient jdbc,
            Access access,
            FlowsProperties settings,
            PlatformTransactionManager transactions,
            InstantSource clock) {
        this.jdbc = jdbc;
        this.access = access;
        this.settings = settings;
        this.clock = clock;
        this.oneView = new TransactionTemplate(transactions);
        this.oneView.setReadOnly(true);
    }

    /** A query made ready. */
    private record Asked(FlowRange range, FlowSql sql, FlowSight sight, SqlFilter filter) {}

    private Asked ask(FlowQuery query) {
        FlowRange range = FlowRange.of(query.from(), query.to(), clock.instant(), settings);
        FlowSql sql = new FlowSql(range, query.vmId());
        FlowSight sight = new FlowSight(access);
        SqlFilter search =
                ListStatement.search(query.q(), sight.fields("-bytes").build());
        return new Asked(range, sql, sight, sql.with(search, sight.visible(query.vmId() != null)));
    }

    @Override
    public FlowPage conversations(FlowQuery query, ListRequest list) {
        Asked asked = ask(new FlowQuery(query.from(), query.to(), "", query.vmId()));
        ListFields fields = asked.sight()
                .fields("-bytes")
                .sort("bytes", "s.bytes", ListFields.Type.NUMBER)
                .sort("firstSeen", "s.first_seen", ListFields.Type.TIMESTAMP)
                .sort("lastSeen", "s.last_seen", ListFields.Type.TIMESTAMP)
                .build();
        Page<Conversation> page = ListQueries.page(
                jdbc,
                list,
                fields,
                asked.filter(),
                columns(asked),
                asked.sql().conversations(),
                FlowResults::conversation);
        return new FlowPage(
                page.items(),
                page.nextCursor(),
                asked.range().from(),
                asked.range().to(),
                asked.range().grain().resolution());
    }

    private static String columns(Asked asked) {
        return CONVERSATION + asked.sight().ends() + ", s.*";
    }

    @Override
    public void export(FlowQuery query, Consumer<Conversation> each) {
        Asked asked = ask(query);
        AuditNotes.say("from", asked.range().from().toString());
        AuditNotes.say("to", asked.range().to().toString());
        if (!query.q().isEmpty()) {
            AuditNotes.say("search", query.q());
        }
        oneView.executeWithoutResult(status -> {
            try (Stream<Conversation> found = jdbc
                    .sql("SELECT " + columns(asked) + " FROM "
                            + asked.sql().conversations() + " WHERE "
                            + asked.filter().condition())
                    .withFetchSize(FETCHED_AT_ONCE)
                    .params(asked.filter().parameters())
                    .query((row, number) -> FlowResults.conversation(row))
                    .stream()) {
                found.forEach(each);
            }
        });
    }

    @Override
    public FlowRanking<Talker> topTalkers(FlowQuery query, int limit) {
        Asked asked = ask(query);
        FlowSight sight = asked.sight();
        String sql = """
                SELECT 'VM' AS vm_kind, vm AS vm_vm, max(name) AS vm_name, bool_or(deleted) AS vm_deleted,
                    CAST(NULL AS text) AS vm_address, CAST(sum(sent) AS bigint) AS sent,
                    CAST(sum(received) AS bigint) AS received, CAST(sum(sent + received) AS bigint) AS bytes,
                    count(*) AS conversations
                FROM (SELECT e.* FROM %s CROSS JOIN LATERAL (VALUES
                        (CASE WHEN %s THEN c.client_vm_id END, %s, %s, s.request_bytes, s.response_bytes),
                        (CASE WHEN %s THEN c.server_vm_id END, %s, %s, s.response_bytes, s.request_bytes))
                        AS e (vm, name, deleted, sent, received)
                    WHERE %s) AS ends
                WHERE vm IS NOT NULL GROUP BY vm ORDER BY bytes DESC, vm LIMIT :rows""".formatted(
                        asked.sql().conversations(),
                        sight.flowsOf(true),
                        sight.name(true),
                        sight.deleted(true),
                        sight.flowsOf(false),
                        sight.name(false),
                        sight.deleted(false),
                        asked.filter().condition());
        return ranking(
                asked,
                limit,
                jdbc.sql(sql)
                        .params(asked.filter().parameters())
                        .param("rows", checked(limit) + 1)
                        .query((row, number) -> new Talker(
                                FlowResults.end(row, "vm"),
                                row.getLong("sent"),
                                row.getLong("received"),
                                row.getLong("bytes"),
                                row.getLong("conversations")))
                        .list());
    }

    @Override
    public FlowRanking<Cell> matrix(FlowQuery query, Grouping by, int limit) {
        Asked asked = ask(query);
        FlowSight sight = asked.sight();
        String ends = by == Grouping.VM
                ? "%s AS client_vm, %s AS client_name, %s AS server_vm, %s AS server_name"
                        .formatted(sight.vm(true), sight.name(true), sight.vm(false), sight.name(false))
                : "CAST(NULL AS uuid) AS client_vm, %s AS client_name, CAST(NULL AS uuid) AS server_vm, %s AS server_name"
                        .formatted(sight.tag(true), sight.tag(false));
        String deleted = by == Grouping.VM ? sight.deleted(true) : "FALSE";
        String serverDeleted = by == Grouping.VM ? sight.deleted(false) : "FALSE";
        String sql = """
                SELECT client_kind, client_vm, client_name, bool_or(client_deleted) AS client_deleted,
                    CAST(NULL AS text) AS client_address, server_kind, server_vm, server_name,
                    bool_or(server_deleted) AS server_deleted, CAST(NULL AS text) AS server_address,
                    CAST(sum(request_bytes) AS bigint) AS request_bytes, CAST(sum(response_bytes) AS bigint) AS response_bytes,
                    CAST(sum(bytes) AS bigint) AS bytes, count(*) AS conversations
                FROM (SELECT %s AS client_kind, %s AS server_kind, %s, coalesce(%s, FALSE) AS client_deleted,
                        coalesce(%s, FALSE) AS server_deleted, s.request_bytes, s.response_bytes, s.bytes
                    FROM %s WHERE %s) AS cells
                GROUP BY client_kind, client_vm, client_name, server_kind, server_vm, server_name
                ORDER BY bytes DESC, client_vm, server_vm, client_name, server_name LIMIT :rows""".formatted(
                        sight.kind(true),
                        sight.kind(false),
                        ends,
                        deleted,
                        serverDeleted,
                        asked.sql().conversations(),
                        asked.filter().condition());
        return ranking(
                asked,
                limit,
                jdbc.sql(sql)
                        .params(asked.filter().parameters())
                        .param("rows", checked(limit) + 1)
                        .query((row, number) -> new Cell(
                                FlowResults.end(row, "client"),
                                FlowResults.end(row, "server"),
                                row.getLong("request_bytes"),
                                row.getLong("response_bytes"),
                                row.getLong("bytes"),
                                row.getLong("conversations")))
                        .list());
    }

    @Override
    public FlowTimeline timeline(FlowQuery query) {
        Asked asked = ask(query);
        return new FlowTimeline(
                jdbc.sql(asked.sql().timeline(asked.filter()))
                        .params(asked.filter().parameters())
                        .query((row, number) -> FlowResults.point(row))
                        .list(),
                asked.range().from(),
                asked.range().to(),
                asked.range().grain().resolution());
    }

    @Override
    public FlowRanking<Peer> peers(UUID vmId, FlowQuery query, int limit) {
        access.require(Permission.FLOW_READ, ObjectRef.vm(vmId));
        Asked asked = ask(new FlowQuery(query.from(), query.to(), query.q(), vmId));
        FlowSight sight = asked.sight();
        String sql = """
                SELECT peer_kind, peer_vm, max(peer_name) AS peer_name, bool_or(peer_deleted) AS peer_deleted,
                    CASE WHEN count(DISTINCT address) = 1 THEN max(address) END AS peer_address,
                    CAST(sum(sent) AS bigint) AS sent, CAST(sum(received) AS bigint) AS received,
                    CAST(sum(sent + received) AS bigint) AS bytes, count(*) AS conversations,
                    count(*) FILTER (WHERE as_client) AS as_client,
                    (array_agg(DISTINCT service))[1\\:10] AS services,
                    min(first_seen) AS first_seen, max(last_seen) AS last_seen
                FROM (SELECT c.client_vm_id IS NOT DISTINCT FROM :rangeVm AS as_client, s.first_seen, s.last_seen,
                        CASE WHEN c.server_port = 0 THEN c.protocol_name
                            ELSE c.protocol_name || '/' || c.server_port END AS service, e.*
                    FROM %s CROSS JOIN LATERAL (
                        SELECT %s, %s, %s, coalesce(%s, FALSE), %s, s.request_bytes, s.response_bytes
                        WHERE c.client_vm_id IS NOT DISTINCT FROM :rangeVm
                        UNION ALL
                        SELECT %s, %s, %s, coalesce(%s, FALSE), %s, s.response_bytes, s.request_bytes
                        WHERE c.client_vm_id IS DISTINCT FROM :rangeVm)
                        AS e (peer_kind, peer_vm, peer_name, peer_deleted, address, sent, received)
                    WHERE %s) AS peers
                GROUP BY peer_kind, peer_vm, CASE WHEN peer_vm IS NULL THEN address END
                ORDER BY bytes DESC, peer_vm, peer_address LIMIT :rows""".formatted(
                        asked.sql().conversations(),
                        sight.kind(false),
                        sight.vm(false),
                        sight.name(false),
                        sight.deleted(false),
                        FlowSight.address(false),
                        sight.kind(true),
                        sight.vm(true),
                        sight.name(true),
                        sight.deleted(true),
                        FlowSight.address(true),
                        asked.filter().condition());
        return ranking(
                asked,
                limit,
                jdbc.sql(sql)
                        .params(asked.filter().parameters())
                        .param("rows", checked(limit) + 1)
                        .query((row, number) -> new Peer(
                                FlowResults.end(row, "peer"),
                                row.getLong("sent"),
                                row.getLong("received"),
                                row.getLong("bytes"),
                                row.getLong("conversations"),
                                row.getLong("as_client"),
                                List.of((String[]) row.getArray("services").getArray()),
                                FlowResults.instant(row, "first_seen"),
                                FlowResults.instant(row, "last_seen")))
                        .list());
    }

    @Override
    public Page<NewConversation> newSince(Instant since, ListRequest list) {
        FlowRange.checkMoment("since", since);
        FlowSight sight = new FlowSight(access);
        Map<String, Object> parameters = new HashMap<>(sight.visible(false).parameters());
        parameters.put("since", FlowRows.utc(since));
        SqlFilter filter = new SqlFilter("""
                c.first_seen >= :since AND NOT EXISTS (SELECT FROM flow_conversation o
                    WHERE o.pair = c.pair AND o.first_seen < :since)""" + sight.visible(false).and(), parameters);
        return ListQueries.page(
                jdbc,
                list,
                sight.fields("-firstSeen")
                        .sort("firstSeen", "c.first_seen", ListFields.Type.TIMESTAMP)
                        .build(),
                filter,
                CONVERSATION + sight.ends() + ", c.first_seen, c.last_seen",
                "flow_conversation c" + FlowSight.JOINS,
                FlowResults::newConversation);
    }

    @Override
    public List<HostLosses> losses(@Nullable Instant from, @Nullable Instant to) {
        // With the hour that has just begun.
        Instant until = to == null ? Grain.HOUR.floor(clock.instant()).plus(HOUR) : to;
        FlowRange range = FlowRange.of(from == null ? until.minus(LOSSES_OF) : from, until, clock.instant(), settings);
        SqlFilter visible = access.visible(Permission.FLOW_READ, HOSTS);
        return jdbc.sql("""
                        SELECT h.id, h.name, coalesce(w.source, 'UNKNOWN') AS source,
                            coalesce(w.source_since, h.created_at) AS source_since, w.taken_at, w.stored_at, l.*
                        FROM host h LEFT JOIN flow_host w ON w.host_id = h.id LEFT JOIN (
                            SELECT host_id, sum(records) AS records, sum(packets_without_room) AS packets_without_room,
                                sum(packets_unreadable) AS packets_unreadable, sum(records_dropped) AS records_dropped,
                                sum(records_refused) AS records_refused, sum(records_unresolved) AS records_unresolved,
                                sum(records_late) AS records_late, sum(records_ahead) AS records_ahead
                            FROM flow_loss WHERE hour >= :from AND hour < :to GROUP BY host_id) l ON l.host_id = h.id
                        WHERE TRUE""" + visible.and() + " ORDER BY h.name")
                .params(visible.parameters())
                .param("from", FlowRows.utc(Grain.HOUR.floor(range.from())))
                .param("to", FlowRows.utc(Grain.HOUR.ceiling(range.to())))
                .query((row, number) -> new HostLosses(
                        FlowResults.uuid(row, "id"),
                        row.getString("name"),
                        FlowSource.valueOf(row.getString("source")),
                        FlowResults.instant(row, "source_since"),
                        FlowResults.optionalInstant(row, "taken_at"),
                        FlowResults.optionalInstant(row, "stored_at"),
                        row.getLong("records"),
                        row.getLong("packets_without_room"),
                        row.getLong("packets_unreadable"),
                        row.getLong("records_dropped"),
                        row.getLong("records_refused"),
                        row.getLong("records_unresolved"),
                        row.getLong("records_late"),
                        row.getLong("records_ahead")))
                .list();
    }

    private static int checked(int limit) {
        if (limit < 1 || limit > MAX_RANKING) {
            throw FlowRange.malformed(
                    "limit", "The limit is %d; it must be between 1 and %d.".formatted(limit, MAX_RANKING));
        }
        return limit;
    }

    private static <T> FlowRanking<T> ranking(Asked asked, int limit, List<T> found) {
        return new FlowRanking<>(
                found.subList(0, Math.min(limit, found.size())),
                found.size() > limit,
                asked.range().from(),
                asked.range().to(),
                asked.range().grain().resolution());
    }
}
