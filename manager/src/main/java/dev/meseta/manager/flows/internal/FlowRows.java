package dev.meseta.manager.flows.internal;

import dev.meseta.manager.agents.FlowBatch;
import dev.meseta.manager.agents.FlowRecord;
import dev.meseta.manager.agents.FlowSource;
import dev.meseta.manager.agents.HostFlows.Position;
import dev.meseta.manager.flows.internal.Rollup.BucketKey;
import dev.meseta.manager.flows.internal.Rollup.Known;
import dev.meseta.manager.flows.internal.Rollup.Taken;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Writes flows. Every statement takes its rows in the order of their keys, and the statements of a transaction come in the
 * order of the methods here: two managers that write the same rows wait for each other and never in a circle.
 */
final class FlowRows {

    private static final int ROWS_AT_ONCE = 5_000;
    private static final Comparator<Map.Entry<BucketKey, Counts>> BY_KEY = Map.Entry.comparingByKey(
            Comparator.comparing((BucketKey key) -> key.conversation().toString())
                    .thenComparingLong(BucketKey::bucket));
    private static final Map<Grain, String> UPSERTS = new EnumMap<>(Grain.class);

    static {
        for (Grain grain : Grain.values()) {
            UPSERTS.put(grain, upsert(grain.table()));
        }
    }

    private final JdbcClient jdbc;

    FlowRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static String upsert(String table) {
        List<String> columns = Stream.of("c_", "s_")
                .flatMap(end -> Counts.COLUMNS.stream().map(column -> end + column))
                .toList();
        List<String> arrays = new ArrayList<>();
        List<String> changes = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            String column = columns.get(i);
            arrays.add("CAST(:v" + i + " AS bigint[])");
            String change;
            if (column.endsWith("_min_us")) {
                change = "coalesce(least(nullif(t.%1$s, 0), nullif(EXCLUDED.%1$s, 0)), 0)";
            } else if (column.endsWith("_max_us")) {
                change = "greatest(t.%1$s, EXCLUDED.%1$s)";
            } else {
                change = "t.%1$s + EXCLUDED.%1$s";
            }
            changes.add(column + " = " + change.formatted(column));
        }
        return """
                INSERT INTO %s AS t (conversation, bucket, first_seen, last_seen, %s)
                SELECT conversation, to_timestamp(bucket), 'epoch'::timestamptz + first_us * interval '1 microsecond',
                    'epoch'::timestamptz + last_us * interval '1 microsecond', %s
                FROM unnest(CAST(:conversations AS uuid[]), CAST(:buckets AS bigint[]), CAST(:first AS bigint[]),
                    CAST(:last AS bigint[]), %s) AS given (conversation, bucket, first_us, last_us, %s)
                ON CONFLICT (conversation, bucket) DO UPDATE SET
                    first_seen = least(t.first_seen, EXCLUDED.first_seen),
                    last_seen = greatest(t.last_seen, EXCLUDED.last_seen), %s""".formatted(
                        table,
                        String.join(", ", columns),
                        String.join(", ", columns),
                        String.join(", ", arrays),
                        String.join(", ", columns),
                        String.join(", ", changes));
    }

    Position position(UUID hostId, Instant now) {
        jdbc.sql("""
                        INSERT INTO flow_host (host_id, source_since) SELECT id, :now FROM host WHERE id = :host
                        ON CONFLICT DO NOTHING""").param("host", hostId).param("now", utc(now)).update();
        return jdbc.sql("SELECT resume_token, batches FROM flow_host WHERE host_id = :host")
                .param("host", hostId)
                .query((row, number) -> new Position(row.getString("resume_token"), row.getLong("batches")))
                .optional()
                .orElseGet(() -> new Position("", 0));
    }

    void source(UUID hostId, FlowSource source, Instant now) {
        jdbc.sql("""
                        INSERT INTO flow_host AS t (host_id, source, source_since)
                        SELECT id, :source, :now FROM host WHERE id = :host
                        ON CONFLICT (host_id) DO UPDATE SET source = EXCLUDED.source, source_since = EXCLUDED.source_since
                        WHERE t.source <> EXCLUDED.source""")
                .param("host", hostId)
                .param("source", source.name())
                .param("now", utc(now))
                .update();
    }

    /** How many batches of each host were taken in so far; nobody else takes in more of them in this transaction's time. */
    Map<UUID, Long> lock(Collection<UUID> hostIds) {
        Map<UUID, Long> numbers = new HashMap<>();
        jdbc.sql("""
                        SELECT host_id, batches FROM flow_host WHERE host_id = ANY(CAST(:hosts AS uuid[]))
                        ORDER BY host_id FOR UPDATE""").param("hosts", texts(hostIds, UUID::toString)).query(row -> {
            numbers.put(row.getObject("host_id", UUID.class), row.getLong("batches"));
        });
        return numbers;
    }

    void vms(Collection<KnownNic> vms) {
        List<KnownNic> sorted =
                vms.stream().sorted(Comparator.comparing(KnownNic::vmId)).toList();
        if (!sorted.isEmpty()) {
            jdbc.sql("""
                            INSERT INTO flow_vm (id, name, cluster_id)
                            SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:clusters AS uuid[]))
                            ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, cluster_id = EXCLUDED.cluster_id""")
                    .param("ids", texts(sorted, nic -> nic.vmId().toString()))
                    .param("names", texts(sorted, KnownNic::vmName))
                    .param("clusters", texts(sorted, nic -> nic.clusterId().toString()))
                    .update();
        }
    }

    void conversations(Map<UUID, Known> conversations) {
        List<Map.Entry<UUID, Known>> sorted = conversations.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .toList();
        for (int from = 0; from < sorted.size(); from += ROWS_AT_ONCE) {
            conversations(sorted.subList(from, Math.min(sorted.size(), from + ROWS_AT_ONCE)));
        }
    }

    private void conversations(List<Map.Entry<UUID, Known>> rows) {
        jdbc.sql("""
                        INSERT INTO flow_conversation AS t (id, pair, network_id, ether_type, vlan_id, protocol, client_vm_id,
                            client_address, client_mac, server_vm_id, server_address, server_mac, server_port, direction,
                            protocol_name, first_seen, last_seen)
                        SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:pairs AS uuid[]), CAST(:networks AS uuid[]), CAST(:etherTypes AS integer[]),
                            CAST(:vlans AS integer[]), CAST(:protocols AS integer[]), CAST(:clientVms AS uuid[]),
                            CAST(:clientAddresses AS inet[]), CAST(:clientMacs AS macaddr[]), CAST(:serverVms AS uuid[]),
                            CAST(:serverAddresses AS inet[]), CAST(:serverMacs AS macaddr[]), CAST(:ports AS integer[]),
                            CAST(:directions AS text[]), CAST(:names AS text[]), CAST(:first AS timestamptz[]),
                            CAST(:last AS timestamptz[]))
                        ON CONFLICT (id) DO UPDATE SET first_seen = least(t.first_seen, EXCLUDED.first_seen),
                            last_seen = greatest(t.last_seen, EXCLUDED.last_seen)""")
                .param("ids", texts(rows, row -> row.getKey().toString()))
                .param("pairs", of(rows, conversation -> conversation.pair().toString()))
                .param(
                        "networks",
                        of(rows, conversation -> conversation.networkId().toString()))
                .param(
                        "etherTypes",
                        numbers(rows, row -> row.getValue().conversation().etherType()))
                .param(
                        "vlans",
                        numbers(rows, row -> row.getValue().conversation().vlanId()))
                .param(
                        "protocols",
                        numbers(rows, row -> row.getValue().conversation().protocol()))
                .param(
                        "clientVms",
                        of(rows, conversation -> text(conversation.client().vmId())))
                .param(
                        "clientAddresses",
                        of(rows, conversation -> text(conversation.client().address())))
                .param(
                        "clientMacs",
                        of(rows, conversation -> mac(conversation.client().mac())))
                .param(
                        "serverVms",
                        of(rows, conversation -> text(conversation.server().vmId())))
                .param(
                        "serverAddresses",
                        of(rows, conversation -> text(conversation.server().address())))
                .param(
                        "serverMacs",
                        of(rows, conversation -> mac(conversation.server().mac())))
                .param(
                        "ports",
                        numbers(rows, row -> row.getValue().conversation().serverPort()))
                .param(
                        "directions",
                        of(rows, conversation -> conversation.direction().name()))
                .param("names", of(rows, Conversation::protocolName))
                .param("first", texts(rows, row -> row.getValue().first().toString()))
                .param("last", texts(rows, row -> row.getValue().last().toString()))
                .update();
    }

    private static String[] of(List<Map.Entry<UUID, Known>> rows, Function<Conversation, @Nullable String> text) {
        return texts(rows, row -> text.apply(row.getValue().conversation()));
    }

    void buckets(Grain grain, Map<BucketKey, Counts> buckets) {
        List<Map.Entry<BucketKey, Counts>> sorted =
                buckets.entrySet().stream().sorted(BY_KEY).toList();
        for (int from = 0; from < sorted.size(); from += ROWS_AT_ONCE) {
            buckets(grain, sorted.subList(from, Math.min(sorted.size(), from + ROWS_AT_ONCE)));
        }
    }

    private void buckets(Grain grain, List<Map.Entry<BucketKey, Counts>> rows) {
        JdbcClient.StatementSpec statement = jdbc.sql(Objects.requireNonNull(UPSERTS.get(grain)))
                .param(
                        "conversations",
                        texts(rows, row -> row.getKey().conversation().toString()))
                .param("buckets", numbers(rows, row -> row.getKey().bucket()))
                .param("first", numbers(rows, row -> row.getValue().firstMicros()))
                .param("last", numbers(rows, row -> row.getValue().lastMicros()));
        for (int i = 0; i < Counts.SIZE; i++) {
            int column = i;
            statement =
                    statement.param("v" + i, numbers(rows, row -> row.getValue().value(column)));
        }
        statement.update();
    }

    void taken(UUID hostId, FlowBatch batch, Taken taken, Instant now) {
        jdbc.sql("""
                        INSERT INTO flow_loss AS t (host_id, hour, records, packets_without_room, packets_unreadable,
                            records_dropped, records_refused, records_unresolved, records_late, records_ahead)
                        VALUES (:host, :hour, :records, :withoutRoom, :unreadable, :dropped, :refused, :unresolved, :late, :ahead)
                        ON CONFLICT (host_id, hour) DO UPDATE SET records = t.records + EXCLUDED.records,
                            packets_without_room = t.packets_without_room + EXCLUDED.packets_without_room,
                            packets_unreadable = t.packets_unreadable + EXCLUDED.packets_unreadable,
                            records_dropped = t.records_dropped + EXCLUDED.records_dropped,
                            records_refused = t.records_refused + EXCLUDED.records_refused,
                            records_unresolved = t.records_unresolved + EXCLUDED.records_unresolved,
                            records_late = t.records_late + EXCLUDED.records_late,
                            records_ahead = t.records_ahead + EXCLUDED.records_ahead""")
                .param("host", hostId)
                .param("hour", utc(Grain.HOUR.floor(now)))
                .param("records", taken.records())
                .param("withoutRoom", batch.losses().packetsWithoutRoom())
                .param("unreadable", batch.losses().packetsUnreadable())
                .param("dropped", batch.losses().recordsDropped())
                .param("refused", batch.refused())
                .param("unresolved", taken.unresolved())
                .param("late", taken.late())
                .param("ahead", taken.ahead())
                .update();
        jdbc.sql("""
                        UPDATE flow_host SET resume_token = :token, batches = batches + 1, taken_at = :taken, stored_at = :now,
                            source_since = CASE WHEN source = :source THEN source_since ELSE :now END, source = :source
                        WHERE host_id = :host""")
                .param("host", hostId)
                .param("token", batch.resumeToken())
                .param("taken", utc(batch.takenAt()))
                .param("now", utc(now))
                .param("source", batch.source().name())
                .update();
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static @Nullable String mac(long mac) {
        return mac == FlowRecord.NO_MAC ? null : KnownNics.mac(mac);
    }

    private static <T> String[] texts(Collection<T> rows, Function<T, @Nullable String> text) {
        return rows.stream().map(text).toArray(String[]::new);
    }

    private static <T> Object numbers(List<T> rows, ToLongFunction<T> number) {
        return rows.stream().mapToLong(number).toArray();
    }

    static OffsetDateTime utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }
}
