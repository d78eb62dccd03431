package dev.meseta.manager.identity.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.query.ListFields;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What rows of users, groups, roles and grants have in common. */
final class DirectoryRows {

    private DirectoryRows() {}

    /** Of a list of what has a name. */
    static ListFields.Builder named(String table, String text) {
        return ListFields.builder(table + ".id", ListFields.Type.ID, "name")
                .freeText(table + ".name")
                .freeText(text)
                .term("name", table + ".name")
                .sort("name", table + ".name", ListFields.Type.TEXT)
                .sort("createdAt", table + ".created_at", ListFields.Type.TIMESTAMP);
    }

    static void requireAdded(int rows, String kind, String name) {
        if (rows == 0) {
            throw new MesetaException(
                    ErrorCode.NAME_TAKEN, "There is a %s named %s already. Choose another name.".formatted(kind, name));
        }
    }

    static void requireVersion(String kind, String name, long actual, @Nullable Long expected) {
        if (expected != null && expected != actual) {
            throw new MesetaException(
                    ErrorCode.STALE_VERSION,
                    "The %s %s has version %d and not %d: somebody changed it. Read it again and repeat the change."
                            .formatted(kind, name, actual, expected));
        }
    }

    static UUID uuid(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getObject(column, UUID.class), column);
    }

    static List<UUID> uuids(ResultSet row, String column) throws SQLException {
        return Arrays.asList((UUID[]) row.getArray(column).getArray());
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getObject(column, OffsetDateTime.class))
                .toInstant();
    }
}
