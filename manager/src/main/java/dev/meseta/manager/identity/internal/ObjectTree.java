package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.Lineage;
import dev.meseta.manager.identity.Lineage.Node;
import dev.meseta.manager.identity.ObjectKind;
import dev.meseta.manager.identity.ObjectRef;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What belongs to what. The one place, with {@link VisibleRows}, that knows it of all kinds. */
@Repository
class ObjectTree {

    private static final String CLUSTERED = """
            JOIN cluster c ON c.id = x.cluster_id JOIN data_center d ON d.id = c.data_center_id WHERE x.id = :id""";
    private static final String CLUSTER_COLUMNS = ", c.id AS c_id, c.name AS c_name, d.id AS d_id, d.name AS d_name";

    private final JdbcClient jdbc;

    ObjectTree(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Empty: there is no such object. */
    Optional<Lineage> lineage(ObjectRef object) {
        return switch (object.kind()) {
            case SYSTEM -> object.equals(ObjectRef.SYSTEM) ? Optional.of(Lineage.SYSTEM) : Optional.empty();
            case DATA_CENTER ->
                query(
                        "SELECT d.id AS d_id, d.name AS d_name FROM data_center d WHERE d.id = :id",
                        object,
                        row -> chain(dataCenter(row)));
            case CLUSTER ->
                query(
                        "SELECT c.id AS c_id, c.name AS c_name, d.id AS d_id, d.name AS d_name"
                                + " FROM cluster c JOIN data_center d ON d.id = c.data_center_id WHERE c.id = :id",
                        object,
                        row -> chain(node(row, ObjectKind.CLUSTER, "c_"), dataCenter(row)));
            case HOST ->
                query(
                        "SELECT x.id AS x_id, x.name AS x_name" + CLUSTER_COLUMNS + " FROM host x " + CLUSTERED,
                        object,
                        row -> chain(
                                node(row, ObjectKind.HOST, "x_"),
                                node(row, ObjectKind.CLUSTER, "c_"),
                                dataCenter(row)));
            case VM ->
                query(
                        "SELECT x.id AS x_id, x.name AS x_name, x.tags" + CLUSTER_COLUMNS + " FROM vm x " + CLUSTERED,
                        object,
                        ObjectTree::vm);
            case STORAGE_DOMAIN, NETWORK ->
                query(
                        "SELECT x.id AS x_id, x.name AS x_name, d.id AS d_id, d.name AS d_name FROM "
                                + (object.kind() == ObjectKind.NETWORK ? "network" : "storage_domain")
                                + " x JOIN data_center d ON d.id = x.data_center_id WHERE x.id = :id",
                        object,
                        row -> chain(node(row, object.kind(), "x_"), dataCenter(row)));
            case IMAGE ->
                query(
                        "SELECT x.id AS x_id, x.name AS x_name, s.id AS s_id, s.name AS s_name, d.id AS d_id, d.name AS d_name"
                                + " FROM image x JOIN storage_domain s ON s.id = x.storage_domain_id"
                                + " JOIN data_center d ON d.id = s.data_center_id WHERE x.id = :id",
                        object,
                        row -> chain(
                                node(row, ObjectKind.IMAGE, "x_"),
                                node(row, ObjectKind.STORAGE_DOMAIN, "s_"),
                                dataCenter(row)));
            case DISK -> disk(object);
        };
    }

    /** A disk belongs to its VM and to its storage domain. */
    private Optional<Lineage> disk(ObjectRef object) {
        record Parents(int index, UUID vm, UUID domain) {}
        return jdbc.sql("SELECT disk_index, vm_id, storage_domain_id FROM disk WHERE id = :id")
                .param("id", object.id())
                .query((row, number) ->
                        new Parents(row.getInt("disk_index"), uuid(row, "vm_id"), uuid(row, "storage_domain_id")))
                .optional()
                .flatMap(parents -> lineage(ObjectRef.vm(parents.vm()))
                        .flatMap(vm -> lineage(ObjectRef.storageDomain(parents.domain()))
                                .map(domain -> {
                                    Set<ObjectRef> above = new HashSet<>(vm.refs());
                                    above.addAll(domain.refs());
                                    above.add(object);
                                    List<Node> nodes = new ArrayList<>();
                                    nodes.add(new Node(
                                            object,
                                            "%s, disk %d".formatted(vm.object().name(), parents.index()),
                                            Set.of(),
                                            above));
                                    nodes.addAll(vm.nodes());
                                    domain.nodes().stream()
                                            .filter(node -> !vm.refs().contains(node.ref()))
                                            .forEach(nodes::add);
                                    return new Lineage(nodes);
                                })));
    }

    private static Lineage vm(ResultSet row) throws SQLException {
        return chain(
                new Named(new ObjectRef(ObjectKind.VM, uuid(row, "x_id")), row.getString("x_name"), Set.of((String[])
                        row.getArray("tags").getArray())),
                node(row, ObjectKind.CLUSTER, "c_"),
                dataCenter(row));
    }

    private record Named(ObjectRef ref, String name, Set<String> tags) {}

    private static Named node(ResultSet row, ObjectKind kind, String prefix) throws SQLException {
        return new Named(new ObjectRef(kind, uuid(row, prefix + "id")), row.getString(prefix + "name"), Set.of());
    }

    private static Named dataCenter(ResultSet row) throws SQLException {
        return node(row, ObjectKind.DATA_CENTER, "d_");
    }

    /** Each belongs to all that follow, and all of them to the system. */
    private static Lineage chain(Named... named) {
        List<Node> nodes = new ArrayList<>(Lineage.SYSTEM.nodes());
        Set<ObjectRef> above = new HashSet<>(Set.of(ObjectRef.SYSTEM));
        for (int i = named.length - 1; i >= 0; i--) {
            above.add(named[i].ref());
            nodes.addFirst(new Node(named[i].ref(), named[i].name(), named[i].tags(), above));
        }
        return new Lineage(nodes);
    }

    @FunctionalInterface
    private interface Mapper {
        Lineage map(ResultSet row) throws SQLException;
    }

    private Optional<Lineage> query(String sql, ObjectRef object, Mapper mapper) {
        return jdbc.sql(sql)
                .param("id", object.id())
                .query((row, number) -> mapper.map(row))
                .optional();
    }

    private static UUID uuid(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getObject(column, UUID.class), column);
    }
}
