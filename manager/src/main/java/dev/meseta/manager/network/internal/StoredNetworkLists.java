package dev.meseta.manager.network.internal;

import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.network.NetworkLists;
import dev.meseta.manager.network.Networks.Network;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Lists by SQL. */
@Service
class StoredNetworkLists implements NetworkLists {

    private static final ListFields NETWORKS = ListFields.builder("n.id", ListFields.Type.ID, "name")
            .freeText("n.name")
            .freeText("n.subnet")
            .term("name", "n.name")
            .term("subnet", "n.subnet")
            .term("vni", "CAST(n.vni AS text)")
            .sort("name", "n.name", ListFields.Type.TEXT)
            .sort("vni", "n.vni", ListFields.Type.NUMBER)
            .sort("createdAt", "n.created_at", ListFields.Type.TIMESTAMP)
            .build();

    private final JdbcClient jdbc;

    StoredNetworkLists(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Page<Network> networks(ListRequest request) {
        return ListQueries.page(jdbc, request, NETWORKS, "n.*", "network n", JdbcNetworks::network);
    }
}
