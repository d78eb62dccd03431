package dev.meseta.manager.storage.web;

import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.ListParameters;
import dev.meseta.manager.storage.Storage.StorageDomain;
import dev.meseta.manager.storage.StorageLists;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Storage domains: what there is. */
@RestController
@RequestMapping(Api.BASE + "/storage-domains")
@Tag(name = "Storage domains")
class StorageDomainsController {

    private final StorageLists lists;

    StorageDomainsController(StorageLists lists) {
        this.lists = lists;
    }

    @GetMapping
    @RequiresPermission(Permission.STORAGE_READ)
    @Operation(summary = "List storage domains")
    Page<StorageDomain> listStorageDomains(ListParameters list) {
        return lists.domains(list.request());
    }

    @GetMapping("/{id}")
    @RequiresPermission(Permission.STORAGE_READ)
    @Operation(summary = "One storage domain")
    ResponseEntity<StorageDomain> getStorageDomain(@PathVariable UUID id) {
        StorageDomain domain = lists.domain(id);
        return Api.versioned(domain.version(), domain);
    }
}
