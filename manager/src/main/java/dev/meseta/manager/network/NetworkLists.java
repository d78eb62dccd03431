package dev.meseta.manager.network;

import dev.meseta.manager.network.Networks.Network;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import java.util.UUID;

/** Networks as the API lists them: searched, sorted, page by page; what the actor may see of them. */
public interface NetworkLists {

    /** @throws dev.meseta.manager.shared.MesetaException MALFORMED_REQUEST */
    Page<Network> networks(ListRequest request);

    /** @throws dev.meseta.manager.shared.MesetaException NOT_FOUND also for what the actor may not see */
    Network network(UUID networkId);
}
