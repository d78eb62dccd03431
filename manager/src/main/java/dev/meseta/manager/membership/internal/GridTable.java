package dev.meseta.manager.membership.internal;

import dev.meseta.manager.membership.Life;
import java.util.List;
import java.util.Objects;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Where living managers listen for each other, as rows. */
final class GridTable {

    private final JdbcClient jdbc;

    GridTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Known to managers of this database only. */
    String name() {
        return jdbc.sql("SELECT grid_name FROM manager_term")
                .query(String.class)
                .single();
    }

    void announce(Life self, GridAddress address) {
        jdbc.sql("UPDATE manager_member SET grid_address = :address WHERE id = :id AND incarnation = :incarnation")
                .param("address", address.toString())
                .param("id", self.managerId())
                .param("incarnation", self.incarnation())
                .update();
    }

    /** Those of all lives that nobody has ended. */
    List<GridAddress> addresses() {
        return jdbc.sql(
                        "SELECT grid_address FROM manager_member WHERE fenced_term IS NULL AND grid_address IS NOT NULL")
                .query((row, number) -> GridAddress.parse(Objects.requireNonNull(row.getString("grid_address"))))
                .list();
    }
}
