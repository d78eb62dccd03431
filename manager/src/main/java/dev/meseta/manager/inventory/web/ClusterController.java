package dev.meseta.manager.inventory.web;

import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.inventory.Cluster;
import dev.meseta.manager.inventory.DataCenter;
import dev.meseta.manager.inventory.InventoryLists;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.ListParameters;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Data centers and clusters. */
@RestController
@RequestMapping(Api.BASE)
class ClusterController {

    private final InventoryLists lists;

    ClusterController(InventoryLists lists) {
        this.lists = lists;
    }

    @Operation(operationId = "listDataCenters", summary = "Data centers")
    @Tag(name = "Data centers")
    @RequiresPermission(Permission.DATA_CENTER_READ)
    @GetMapping("/datacenters")
    Page<DataCenter> dataCenters(ListParameters list) {
        return lists.dataCenters(list.request());
    }

    @Operation(operationId = "getDataCenter", summary = "One data center")
    @Tag(name = "Data centers")
    @RequiresPermission(Permission.DATA_CENTER_READ)
    @GetMapping("/datacenters/{id}")
    ResponseEntity<DataCenter> dataCenter(@PathVariable UUID id) {
        DataCenter dataCenter = lists.dataCenter(id);
        return Api.versioned(dataCenter.version(), dataCenter);
    }

    @Operation(operationId = "listClusters", summary = "Clusters")
    @Tag(name = "Clusters")
    @RequiresPermission(Permission.DATA_CENTER_READ)
    @GetMapping("/clusters")
    Page<Cluster> clusters(ListParameters list) {
        return lists.clusters(list.request());
    }

    @Operation(operationId = "getCluster", summary = "One cluster")
    @Tag(name = "Clusters")
    @RequiresPermission(Permission.DATA_CENTER_READ)
    @GetMapping("/clusters/{id}")
    ResponseEntity<Cluster> cluster(@PathVariable UUID id) {
        Cluster cluster = lists.cluster(id);
        return Api.versioned(cluster.version(), cluster);
    }
}
