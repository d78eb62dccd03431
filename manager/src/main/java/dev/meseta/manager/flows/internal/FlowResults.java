package dev.meseta.manager.flows.internal;

import dev.meseta.manager.flows.Flows.Conversation;
import dev.meseta.manager.flows.Flows.Direction;
import dev.meseta.manager.flows.Flows.End;
import dev.meseta.manager.flows.Flows.EndKind;
import dev.meseta.manager.flows.Flows.NewConversation;
import dev.meseta.manager.flows.Flows.ObservedAt;
import dev.meseta.manager.flows.Flows.Point;
import dev.meseta.manager.flows.Flows.Sums;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of answers to records. */
final class FlowResults {

    private FlowResults() {}

    static Conversation conversation(ResultSet row) throws SQLException {
        boolean byClient = row.getLong("c_records") > 0;
        boolean byServer = row.getLong("s_records") > 0;
        return new Conversation(
                uuid(row, "id"),
                uuid(row, "network_id"),
                row.getString("network_name"),
                row.getInt("vlan_id"),
                row.getString("protocol_name"),
                row.getInt("server_port"),
                Direction.valueOf(row.getString("direction")),
                end(row, "client"),
                end(row, "server"),
                byClient && byServer ? ObservedAt.BOTH : byClient ? ObservedAt.CLIENT : ObservedAt.SERVER,
                sums(row),
                instant(row, "first_seen"),
                instant(row, "last_seen"));
    }

    static NewConversation newConversation(ResultSet row) throws SQLException {
        return new NewConversation(
                uuid(row, "id"),
                uuid(row, "network_id"),
                row.getString("network_name"),
                row.getString("protocol_name"),
                row.getInt("server_port"),
                Direction.valueOf(row.getString("direction")),
                end(row, "client"),
                end(row, "server"),
                instant(row, "first_seen"),
                instant(row, "last_seen"));
    }

    static Point point(ResultSet row) throws SQLException {
        return new Point(instant(row, "bucket"), row.getLong("conversations"), sums(row));
    }

    private static Sums sums(ResultSet row) throws SQLException {
        long handshakes = row.getLong("handshakes");
        return new Sums(
                row.getLong("bytes"),
                row.getLong("request_bytes"),
                row.getLong("request_packets"),
                row.getLong("response_bytes"),
                row.getLong("response_packets"),
                row.getLong("connections"),
                row.getLong("resets"),
                row.getLong("retransmissions"),
                handshakes,
                handshakes == 0 ? null : row.getLong("handshake_us") / handshakes,
                handshakes == 0 ? null : row.getLong("handshake_min_us"),
                handshakes == 0 ? null : row.getLong("handshake_max_us"));
    }

    /** @param prefix of the columns of {@link FlowSight#ends} */
    static End end(ResultSet row, String prefix) throws SQLException {
        return new End(
                EndKind.valueOf(row.getString(prefix + "_kind")),
                row.getObject(prefix + "_vm", UUID.class),
                row.getString(prefix + "_name"),
                row.getBoolean(prefix + "_deleted"),
                row.getString(prefix + "_address"));
    }

    static UUID uuid(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getObject(column, UUID.class), column);
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(optionalInstant(row, column), column);
    }

    static @Nullable Instant optionalInstant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }
}
