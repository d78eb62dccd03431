package dev.meseta.manager.network;

import dev.meseta.manager.network.Networks.Network;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;

/** Networks as the API lists them: searched, sorted, page by page. */
public interface NetworkLists {

    /** @throws dev.meseta.manager.shared.MesetaException MALFORMED_REQUEST */
    Page<Network> networks(ListRequest request);
}
