package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.inventory.Cluster;
import dev.meseta.manager.inventory.DataCenter;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.InventoryLists;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Lists by SQL. */
@Service
class StoredLists implements InventoryLists {

    private static final ListFields DATA_CENTERS = ListFields.builder("d.id", ListFields.Type.ID, "name")
            .freeText("d.name")
            .freeText("d.description")
            .term("name", "d.name")
            .sort("name", "d.name", ListFields.Type.TEXT)
            .sort("createdAt", "d.created_at", ListFields.Type.TIMESTAMP)
            .build();
    private static final ListFields CLUSTERS = ListFields.builder("c.id", ListFields.Type.ID, "name")
            .freeText("c.name")
            .freeText("c.description")
            .term("name", "c.name")
            .sort("name", "c.name", ListFields.Type.TEXT)
            .sort("createdAt", "c.created_at", ListFields.Type.TIMESTAMP)
            .build();
    private static final ListFields HOSTS = ListFields.builder("h.id", ListFields.Type.ID, "name")
            .freeText("h.name")
            .freeText("coalesce(o.hostname, '')")
            .term("name", "h.name")
            .term("status", "o.status")
            .term("cluster", "c.name")
            .sort("name", "h.name", ListFields.Type.TEXT)
            .sort("status", "o.status", ListFields.Type.TEXT)
            .sort("createdAt", "h.created_at", ListFields.Type.TIMESTAMP)
            .build();
    // What the database keeps of activity and observation together, see the migration "lists of many VMs".
    private static final String VM_STATUS = "o.shown_status";
    private static final ListFields VMS = vms("v.name", "v.id");
    /** The same by other columns, along which an index leads to the VMs of one status. */
    private static final ListFields VMS_OF_STATUS = vms("o.shown_name", "o.vm_id");

    private static ListFields vms(String orderedName, String orderedId) {
        return ListFields.builder("v.id", ListFields.Type.ID, "name")
                .freeText("v.name")
                .freeText("v.description")
                .term("name", "v.name")
                .code("status", VM_STATUS)
                .nameOf("host", "o.shown_host_id", "host")
                .nameOf("cluster", "v.cluster_id", "cluster")
                .term("external", "CASE WHEN v.external THEN 'yes' ELSE 'no' END")
                .sort("name", orderedName, ListFields.Type.TEXT, orderedId)
                .sort("status", VM_STATUS, ListFields.Type.TEXT, "o.vm_id")
                .sort("createdAt", "v.created_at", ListFields.Type.TIMESTAMP)
                .build();
    }

    // No joins that are not needed for the order: they would cost the database its way along an index.
    private static final String SHOWN_VM_COLUMNS = Rows.VM_COLUMNS
            + ", o.shown_host_id, (SELECT h.name FROM host h WHERE h.id = o.shown_host_id) AS host_name";

    private final JdbcClient jdbc;
    private final Rows rows;

    StoredLists(JdbcClient jdbc, Rows rows) {
        this.jdbc = jdbc;
        this.rows = rows;
    }

    @Override
    public Page<DataCenter> dataCenters(ListRequest request) {
        return ListQueries.page(jdbc, request, DATA_CENTERS, "d.*", "data_center d", Rows::dataCenter);
    }

    @Override
    public Page<Cluster> clusters(ListRequest request) {
        return ListQueries.page(jdbc, request, CLUSTERS, "c.*", "cluster c", Rows::cluster);
    }

    @Override
    public Page<Host> hosts(ListRequest request) {
        return ListQueries.page(jdbc, request, HOSTS, Rows.HOST_COLUMNS, Rows.HOST_TABLES, rows::host);
    }

    @Override
    public Page<ShownVm> vms(ListRequest request) {
        // A guess does: both find the same.
        ListFields fields = request.q().contains("status") ? VMS_OF_STATUS : VMS;
        return ListQueries.page(jdbc, request, fields, SHOWN_VM_COLUMNS, Rows.VM_TABLES, StoredLists::shownVm);
    }

    @Override
    public Optional<ShownVm> vm(UUID vmId) {
        return jdbc.sql("SELECT " + SHOWN_VM_COLUMNS + " FROM " + Rows.VM_TABLES + " WHERE v.id = :id")
                .param("id", vmId)
                .query((row, number) -> shownVm(row))
                .optional();
    }

    private static ShownVm shownVm(ResultSet row) throws SQLException {
        return new ShownVm(Rows.vm(row), Rows.optionalUuid(row, "shown_host_id"), row.getString("host_name"));
    }
}
