package dev.meseta.manager.storage;

import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.storage.Storage.StorageDomain;
import java.util.UUID;

/** Storage domains as the API lists them: searched, sorted, page by page; what the actor may see of them. */
public interface StorageLists {

    /** @throws dev.meseta.manager.shared.MesetaException MALFORMED_REQUEST */
    Page<StorageDomain> domains(ListRequest request);

    /** @throws dev.meseta.manager.shared.MesetaException NOT_FOUND also for what the actor may not see */
    StorageDomain domain(UUID storageDomainId);
}
