package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessColumns;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.inventory.Cluster;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.DataCenter;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.inventory.InventoryLists;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
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
                .term("tag", "array_to_string(v.tags, ' ')")
                .term("external", "CASE WHEN v.external THEN 'yes' ELSE 'no' END")
                .term("protected", "CASE WHEN v.delete_protected THEN 'yes' ELSE 'no' END")
                .sort("name", orderedName, ListFields.Type.TEXT, orderedId)
                .sort("status", VM_STATUS, ListFields.Type.TEXT, "o.vm_id")
                .sort("createdAt", "v.created_at", ListFields.Type.TIMESTAMP)
                .build();
    }

    // No joins that are not needed for the order: they would cost the database its way along an index.
    private static final String SHOWN_VM_COLUMNS = Rows.VM_COLUMNS
            + ", v.tags, o.shown_host_id, (SELECT h.name FROM host h WHERE h.id = o.shown_host_id) AS host_name";

    private static final AccessColumns DATA_CENTER_ACCESS = AccessColumns.dataCenters("d.id");
    private static final AccessColumns CLUSTER_ACCESS = AccessColumns.clusters("c.id", "c.data_center_id");
    private static final AccessColumns HOST_ACCESS = AccessColumns.hosts("h.id", "h.cluster_id");
    private static final AccessColumns VM_ACCESS = AccessColumns.vms("v.id", "v.cluster_id", "v.tags");

    private final JdbcClient jdbc;
    private final Rows rows;
    private final Clusters clusters;
    private final Hosts hosts;
    private final Access access;

    StoredLists(JdbcClient jdbc, Rows rows, Clusters clusters, Hosts hosts, Access access) {
        this.jdbc = jdbc;
        this.rows = rows;
        this.clusters = clusters;
        this.hosts = hosts;
        this.access = access;
    }

    @Override
    public DataCenter dataCenter(UUID dataCenterId) {
        access.require(Permission.DATA_CENTER_READ, ObjectRef.dataCenter(dataCenterId));
        return clusters.requireDataCenter(dataCenterId);
    }

    @Override
    public Cluster cluster(UUID clusterId) {
        access.require(Permission.DATA_CENTER_READ, ObjectRef.cluster(clusterId));
        return clusters.require(clusterId);
    }

    @Override
    public Host host(UUID hostId) {
        access.require(Permission.HOST_READ, ObjectRef.host(hostId));
        return hosts.require(hostId);
    }

    @Override
    public Page<DataCenter> dataCenters(ListRequest request) {
        return ListQueries.page(
                jdbc,
                request,
                DATA_CENTERS,
                access.visible(Permission.DATA_CENTER_READ, DATA_CENTER_ACCESS),
                "d.*",
                "data_center d",
                Rows::dataCenter);
    }

    @Override
    public Page<Cluster> clusters(ListRequest request) {
        return ListQueries.page(
                jdbc,
                request,
                CLUSTERS,
                access.visible(Permission.DATA_CENTER_READ, CLUSTER_ACCESS),
                "c.*",
                "cluster c",
                Rows::cluster);
    }

    @Override
    public Page<Host> hosts(ListRequest request) {
        return ListQueries.page(
                jdbc,
                request,
                HOSTS,
                access.visible(Permission.HOST_READ, HOST_ACCESS),
                Rows.HOST_COLUMNS,
                Rows.HOST_TABLES,
                rows::host);
    }

    @Override
    public Page<ShownVm> vms(ListRequest request) {
        // A guess does: both find the same.
        ListFields fields = request.q().contains("status") ? VMS_OF_STATUS : VMS;
        return ListQueries.page(
                jdbc,
                request,
                fields,
                access.visible(Permission.VM_READ, VM_ACCESS),
                SHOWN_VM_COLUMNS,
                Rows.VM_TABLES,
                StoredLists::shownVm);
    }

    @Override
    public Optional<ShownVm> vm(UUID vmId) {
        access.require(Permission.VM_READ, ObjectRef.vm(vmId));
        return jdbc.sql("SELECT " + SHOWN_VM_COLUMNS + " FROM " + Rows.VM_TABLES + " WHERE v.id = :id")
                .param("id", vmId)
                .query((row, number) -> shownVm(row))
                .optional();
    }

    private static ShownVm shownVm(ResultSet row) throws SQLException {
        return new ShownVm(
                Rows.vm(row), Rows.optionalUuid(row, "shown_host_id"), row.getString("host_name"), List.of((String[])
                        row.getArray("tags").getArray()));
    }
}
