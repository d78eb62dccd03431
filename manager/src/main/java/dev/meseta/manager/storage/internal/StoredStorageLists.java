package dev.meseta.manager.storage.internal;

import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessColumns;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.storage.Storage;
import dev.meseta.manager.storage.Storage.StorageDomain;
import dev.meseta.manager.storage.StorageLists;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Lists by SQL. */
@Service
class StoredStorageLists implements StorageLists {

    private static final ListFields DOMAINS = ListFields.builder("d.id", ListFields.Type.ID, "name")
            .freeText("d.name")
            .freeText("d.path")
            .term("name", "d.name")
            .term("kind", "d.kind")
            .sort("name", "d.name", ListFields.Type.TEXT)
            .sort("kind", "d.kind", ListFields.Type.TEXT)
            .sort("createdAt", "d.created_at", ListFields.Type.TIMESTAMP)
            .build();

    private static final AccessColumns ACCESS = AccessColumns.storageDomains("d.id", "d.data_center_id");

    private final JdbcClient jdbc;
    private final Storage storage;
    private final Access access;

    StoredStorageLists(JdbcClient jdbc, Storage storage, Access access) {
        this.jdbc = jdbc;
        this.storage = storage;
        this.access = access;
    }

    @Override
    public Page<StorageDomain> domains(ListRequest request) {
        return ListQueries.page(
                jdbc,
                request,
                DOMAINS,
                access.visible(Permission.STORAGE_READ, ACCESS),
                "d.*",
                "storage_domain d",
                JdbcStorage::domain);
    }

    @Override
    public StorageDomain domain(UUID storageDomainId) {
        access.require(Permission.STORAGE_READ, ObjectRef.storageDomain(storageDomainId));
        return storage.requireDomain(storageDomainId);
    }
}
