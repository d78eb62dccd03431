package dev.meseta.manager.storage.internal;

import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.storage.Storage.StorageDomain;
import dev.meseta.manager.storage.StorageLists;
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

    private final JdbcClient jdbc;

    StoredStorageLists(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Page<StorageDomain> domains(ListRequest request) {
        return ListQueries.page(jdbc, request, DOMAINS, "d.*", "storage_domain d", JdbcStorage::domain);
    }
}
