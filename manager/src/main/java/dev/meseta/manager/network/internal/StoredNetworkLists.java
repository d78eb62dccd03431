package dev.meseta.manager.network.internal;

import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessColumns;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.network.NetworkLists;
import dev.meseta.manager.network.Networks;
import dev.meseta.manager.network.Networks.Network;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import java.util.UUID;
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

    private static final AccessColumns ACCESS = AccessColumns.networks("n.id", "n.data_center_id");

    private final JdbcClient jdbc;
    private final Networks networks;
    private final Access access;

    StoredNetworkLists(JdbcClient jdbc, Networks networks, Access access) {
        this.jdbc = jdbc;
        this.networks = networks;
        this.access = access;
    }

    @Override
    public Page<Network> networks(ListRequest request) {
        return ListQueries.page(
                jdbc,
                request,
                NETWORKS,
                access.visible(Permission.NETWORK_READ, ACCESS),
                "n.*",
                "network n",
                JdbcNetworks::network);
    }

    @Override
    public Network network(UUID networkId) {
        access.require(Permission.NETWORK_READ, ObjectRef.network(networkId));
        return networks.require(networkId);
    }
}
