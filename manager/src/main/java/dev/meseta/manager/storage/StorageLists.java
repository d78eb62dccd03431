package dev.meseta.manager.storage;

import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.storage.Storage.StorageDomain;

/** Storage domains as the API lists them: searched, sorted, page by page. */
public interface StorageLists {

    /** @throws dev.meseta.manager.shared.MesetaException MALFORMED_REQUEST */
    Page<StorageDomain> domains(ListRequest request);
}
